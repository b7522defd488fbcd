import type { ColumnChange } from '../../../../../dialect/ddl/alter-table.ts'
import type { SqlFlavour } from '../../../../../dialect/sql-literal.ts'
import { h, iconButton, textButton } from '../../../../../ui/web/dom.ts'
import { checkbox, textInput } from './ddl-dialog.ts'

/** Types that are offered; any other can be written. */
export const commonTypes: Readonly<Record<SqlFlavour, readonly string[]>> = {
  postgres: [
    'bigint',
    'integer',
    'text',
    'boolean',
    'numeric(12,2)',
    'double precision',
    'date',
    'timestamptz',
    'timestamp',
    'uuid',
    'jsonb',
    'bytea',
    'bigint GENERATED ALWAYS AS IDENTITY',
  ],
  duckdb: [
    'BIGINT',
    'INTEGER',
    'VARCHAR',
    'BOOLEAN',
    'DECIMAL(12,2)',
    'DOUBLE',
    'DATE',
    'TIMESTAMP',
    'TIMESTAMPTZ',
    'UUID',
    'JSON',
    'BLOB',
  ],
  sqlite: ['INTEGER', 'TEXT', 'REAL', 'NUMERIC', 'BLOB'],
}

export interface ColumnRows {
  readonly dom: HTMLElement
  readonly columns: readonly ColumnChange[]
}

/** Columns to be written, one a line. `keys`: whether which of them are the primary key is a part of it. */
export function columnRows(
  flavour: SqlFlavour,
  initial: readonly ColumnChange[],
  keys: boolean,
  onChange: () => void,
): ColumnRows {
  const types = h(
    'datalist',
    { id: 'ddl-types' },
    ...commonTypes[flavour].map(type => h('option', { attributes: { value: type } })),
  )
  const body = h('tbody', {})
  const lines = new Map<HTMLElement, () => ColumnChange>()
  let count = 0
  const add = (column: ColumnChange, focus = false): void => {
    const label = column.was ?? `column ${count + 1}`
    count++
    const name = textInput('', column.name, `Name of ${label}`)
    const type = textInput('', column.type, `Type of ${label}`)
    type.setAttribute('list', types.id)
    const fallback = textInput('', column.default ?? '', `Default of ${label}`)
    fallback.placeholder = 'none'
    const required = checkbox(`${label} is NOT NULL`, !column.nullable)
    const key = checkbox(`${label} is part of the primary key`, column.primaryKey === true)
    const unique = checkbox(`${label} is unique`, column.unique === true)
    const remove = iconButton('trash', `Drop ${label}`, () => {
      lines.delete(row)
      row.remove()
      again.focus()
      onChange()
    })
    const row = h(
      'tr',
      {},
      h('td', {}, name),
      h('td', {}, type),
      h('td', {}, required),
      h('td', {}, fallback),
      keys && h('td', {}, key),
      keys && h('td', {}, unique),
      h('td', {}, remove),
    )
    key.addEventListener('change', () => {
      if (key.checked) required.checked = true
    })
    body.append(row)
    lines.set(row, () => ({
      ...(column.was === undefined ? {} : { was: column.was }),
      name: name.value.trim(),
      type: type.value,
      nullable: !required.checked,
      ...(fallback.value.trim() === '' ? {} : { default: fallback.value }),
      ...(key.checked ? { primaryKey: true } : {}),
      ...(unique.checked ? { unique: true } : {}),
    }))
    if (focus) name.focus()
  }
  const again = textButton(
    'Add column',
    () => {
      add({ name: '', type: commonTypes[flavour][1] ?? '', nullable: true }, true)
      onChange()
    },
    { icon: 'plus' },
  )
  for (const column of initial) add(column)
  const head = ['Name', 'Type', 'NOT NULL', 'Default', ...(keys ? ['Key', 'Unique'] : []), '']
  return {
    dom: h(
      'div',
      { class: 'ddl-columns' },
      types,
      h(
        'table',
        { class: 'load-table', label: 'Columns' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...head.map(text => (text === '' ? h('td', {}) : h('th', { attributes: { scope: 'col' } }, text))),
          ),
        ),
        body,
      ),
      again,
    ),
    get columns() {
      return [...lines.values()].map(read => read())
    },
  }
}
