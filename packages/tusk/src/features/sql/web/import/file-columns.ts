import { h } from '../../../../ui/web/dom.ts'

type Column = { readonly name: string; readonly type: string }

/** Types that are offered; any other of DuckDB can be written. */
const types = [
  'VARCHAR',
  'BIGINT',
  'DOUBLE',
  'DECIMAL(18,2)',
  'BOOLEAN',
  'DATE',
  'TIMESTAMP',
  'TIMESTAMPTZ',
  'TIME',
  'UUID',
  'JSON',
]

/** The columns of a file; `onChange` gets the types that differ from those that were found. */
export function fileColumns(
  columns: readonly Column[],
  chosen: readonly Column[],
  onChange: (chosen: readonly Column[]) => void,
): HTMLElement {
  const changed = new Map(chosen.map(({ name, type }) => [name, type]))
  const rows = columns.map(({ name, type }) => {
    const input = h('input', {
      label: `Type of ${name}`,
      attributes: { type: 'text', list: 'import-types', autocomplete: 'off', spellcheck: 'false' },
    })
    input.value = changed.get(name) ?? type
    input.addEventListener('input', () => {
      const value = input.value.trim()
      if (value === '' || value === type) changed.delete(name)
      else changed.set(name, value)
      onChange([...changed].map(([column, wanted]) => ({ name: column, type: wanted })))
    })
    return h('tr', {}, h('td', {}, name), h('td', {}, input))
  })
  return h(
    'table',
    { class: 'load-table', label: 'Columns of the file' },
    h('thead', {}, h('tr', {}, ...['Column', 'Type'].map(text => h('th', { attributes: { scope: 'col' } }, text)))),
    h('tbody', {}, ...rows),
    h('datalist', { id: 'import-types' }, ...types.map(value => h('option', { attributes: { value } }))),
  )
}
