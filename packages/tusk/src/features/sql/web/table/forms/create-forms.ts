import { createIndexSql, createTableSql, createViewSql } from '../../../../../dialect/ddl/table-ddl.ts'
import type { SqlParts } from '../../../../../dialect/safe-sql.ts'
import type { TableDetails } from '../../../../../engine/table-details.ts'
import { h } from '../../../../../ui/web/dom.ts'
import type { WireTableName } from '../../../../../wire.ts'
import { columnRows, commonTypes } from './column-rows.ts'
import { checkbox, field, openDdlDialog, textInput } from './ddl-dialog.ts'

export interface FormPlace {
  readonly connectionId: string
  readonly parts: SqlParts
  /** Where new things are made unless another schema is written. */
  readonly schema: string
  /** What was made or changed. */
  readonly onDone: (name: WireTableName) => void
}

export function openCreateTable({ connectionId, parts, schema, onDone }: FormPlace): void {
  const where = textInput('ddl-schema', schema)
  const name = textInput('ddl-name')
  const type = commonTypes[parts.flavour][0] ?? 'INTEGER'
  let draw = (): void => undefined
  const columns = columnRows(parts.flavour, [{ name: 'id', type, nullable: false, primaryKey: true }], true, () =>
    draw(),
  )
  const table = (): WireTableName => ({ schema: where.value.trim(), name: name.value.trim() })
  draw = openDdlDialog({
    title: 'New table',
    connectionId,
    dialect: parts.flavour,
    verb: 'Create',
    body: [h('div', { class: 'studio-fields' }, field('Name', name), field('Schema', where)), columns.dom],
    build: () => `${createTableSql(parts, table(), columns.columns).text};`,
    done: 'The table was made',
    onDone: () => onDone(table()),
  }).draw
}

export function openCreateView({ connectionId, parts, schema, onDone }: FormPlace, query = ''): void {
  const where = textInput('ddl-schema', schema)
  const name = textInput('ddl-name')
  const text = h('textarea', { id: 'ddl-query', class: 'ddl-query', attributes: { rows: '8', spellcheck: 'false' } })
  text.value = query
  const view = (): WireTableName => ({ schema: where.value.trim(), name: name.value.trim() })
  openDdlDialog({
    title: 'New view',
    connectionId,
    dialect: parts.flavour,
    verb: 'Create',
    body: [h('div', { class: 'studio-fields' }, field('Name', name), field('Schema', where)), field('SELECT', text)],
    build: () => `${createViewSql(parts, view(), text.value).text};`,
    done: 'The view was made',
    onDone: () => onDone(view()),
  })
}

export function openCreateIndex({ connectionId, parts, onDone }: FormPlace, details: TableDetails): void {
  const { catalog, schema, name: of } = details
  const table = { ...(catalog === undefined ? {} : { catalog }), schema, name: of }
  const name = textInput('ddl-name', `${of}_`)
  const unique = checkbox('Unique', false)
  const where = textInput('ddl-where')
  where.placeholder = 'all rows'
  const chosen: string[] = []
  const boxes = details.columns.map(column => {
    const box = checkbox(column.name, false)
    // In the order in which they were chosen.
    box.addEventListener('change', () => {
      if (box.checked) chosen.push(column.name)
      else chosen.splice(chosen.indexOf(column.name), 1)
      if (name.value === '' || name.value.startsWith(`${of}_`)) name.value = `${of}_${chosen.join('_')}`
    })
    return h('label', { class: 'ddl-check' }, box, column.name)
  })
  openDdlDialog({
    title: `New index on ${of}`,
    connectionId,
    dialect: parts.flavour,
    verb: 'Create',
    body: [
      h(
        'fieldset',
        { class: 'ddl-choices' },
        h('legend', {}, 'Columns, in the order in which you choose them'),
        ...boxes,
      ),
      h('div', { class: 'studio-fields' }, field('Name', name), field('Only rows where', where)),
      h('label', { class: 'ddl-check' }, unique, 'Unique: no two rows have the same values'),
    ],
    build: () =>
      `${createIndexSql(parts, { name: name.value.trim(), table, columns: chosen, unique: unique.checked, where: where.value }).text};`,
    done: 'The index was made',
    onDone: () => onDone(table),
  })
}
