import { h } from '../../../../ui/web/dom.ts'
import type { Schema } from '../../../../wire.ts'

/** What a column is in a comparison; without a role it is compared. */
export type ColumnRole = 'key' | 'ignored'

/** Each column that both have, and what it is. With no key chosen the server finds one. */
export function rolesTable(
  fields: Schema['fields'],
  onChange: (roles: ReadonlyMap<string, ColumnRole>) => void,
): HTMLElement {
  const roles = new Map<string, ColumnRole>()
  const rows = fields.map(({ name, sourceType }) => {
    const select = h(
      'select',
      { label: `What ${name} is` },
      h('option', { attributes: { value: '' } }, 'compared'),
      h('option', { attributes: { value: 'key' } }, 'part of the key'),
      h('option', { attributes: { value: 'ignored' } }, 'left out'),
    )
    select.addEventListener('change', () => {
      if (select.value === 'key' || select.value === 'ignored') roles.set(name, select.value)
      else roles.delete(name)
      onChange(new Map(roles))
    })
    return h('tr', {}, h('td', {}, name), h('td', { class: 'load-type' }, sourceType ?? ''), h('td', {}, select))
  })
  return h(
    'table',
    { class: 'load-table', label: 'Columns of both' },
    h(
      'caption',
      { class: 'load-caption' },
      'The key says which rows belong together. With none chosen, the first column that is unique in both is taken.',
    ),
    h(
      'thead',
      {},
      h('tr', {}, ...['Column', 'Type', 'Is'].map(text => h('th', { attributes: { scope: 'col' } }, text))),
    ),
    h('tbody', {}, ...rows),
  )
}
