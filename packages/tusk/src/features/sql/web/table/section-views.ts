import type { ForeignKey, TableDetails } from '../../../../engine/table-details.ts'
import { type Child, h, textButton } from '../../../../ui/web/dom.ts'
import { icon } from '../../../../ui/web/icons.ts'
import { copyText } from '../tell.ts'
import { tableAddress } from './table-address.ts'

export interface SectionView {
  readonly id: string
  readonly label: string
  /** How many things are in it; shown behind its name. */
  readonly count?: number
  draw(): HTMLElement
}

/** What the catalog says of a table, in parts. The rows are a part of their own. */
export function sectionViews(
  details: TableDetails,
  connectionId: string,
  drawDdl: (text: string) => HTMLElement,
): readonly SectionView[] {
  const { missing } = details
  const incoming = details.referencedBy.length
  return [
    { id: 'columns', label: 'Columns', count: details.columns.length, draw: () => columns(details) },
    {
      id: 'keys',
      label: 'Keys',
      count: details.keys.length,
      draw: () =>
        list(
          'Keys',
          ['Name', 'Kind', 'Columns', 'Rows can be told apart'],
          details.keys.map(({ name, primary, columns: names, nullable }) => [
            name ?? '',
            primary ? 'primary key' : 'unique',
            names.join(', '),
            nullable ? 'not those with NULL' : 'yes',
          ]),
          missing.keys ?? 'It has no primary key and nothing unique, so its rows cannot be told apart.',
        ),
    },
    {
      id: 'indexes',
      label: 'Indexes',
      count: details.indexes.length,
      draw: () =>
        list(
          'Indexes',
          ['Name', 'What it is of', 'Marks', 'Size'],
          details.indexes.map(({ name, definition, unique, ofKey, valid, bytes }) => [
            name,
            code(definition),
            [unique && 'unique', ofKey === true && 'of a key', valid === false && 'not valid']
              .filter(Boolean)
              .join(', '),
            bytes === undefined ? '' : byteText(bytes),
          ]),
          missing.indexes ?? 'It has no indexes: whatever is looked for, the whole table is read.',
        ),
    },
    {
      id: 'constraints',
      label: 'Constraints',
      count: details.constraints.length,
      draw: () =>
        list(
          'Constraints',
          ['Name', 'What must hold'],
          details.constraints.map(({ name, definition }) => [name ?? '', code(definition)]),
          missing.constraints ?? 'Nothing must hold besides keys, foreign keys and NOT NULL.',
        ),
    },
    {
      id: 'foreign-keys',
      label: 'Foreign keys',
      count: details.foreignKeys.length + incoming,
      draw: () =>
        h(
          'div',
          { class: 'table-stack' },
          h('h2', {}, 'From here'),
          list(
            'Foreign keys from here',
            ['Name', 'Columns', 'Lead to', 'When that changes'],
            details.foreignKeys.map(key => [
              key.name ?? '',
              key.columns.join(', '),
              tableLink(connectionId, key.references, ` (${key.references.columns.join(', ')})`),
              actionsOf(key),
            ]),
            missing.foreignKeys ?? 'No column of it leads to another table.',
          ),
          h('h2', {}, 'To here'),
          list(
            'Foreign keys to here',
            ['Name', 'Table', 'Columns', 'Lead to'],
            details.referencedBy.map(key => [
              key.name ?? '',
              tableLink(connectionId, key.table),
              key.columns.join(', '),
              key.references.columns.join(', '),
            ]),
            missing.foreignKeys ?? 'No other table leads here.',
          ),
        ),
    },
    {
      id: 'triggers',
      label: 'Triggers',
      count: details.triggers.length,
      draw: () =>
        list(
          'Triggers',
          ['Name', 'State', 'What makes it'],
          details.triggers.map(({ name, enabled, definition }) => [name, enabled ? 'on' : 'off', code(definition)]),
          missing.triggers ?? 'Nothing happens by itself when its rows change.',
        ),
    },
    {
      id: 'grants',
      label: 'Grants',
      count: details.grants.length,
      draw: () =>
        list(
          'Grants',
          ['To', 'May', 'Of', 'And may give it on'],
          details.grants.map(({ grantee, privileges, column, grantable }) => [
            grantee,
            privileges.join(', '),
            column ?? 'the table',
            grantable ? 'yes' : 'no',
          ]),
          missing.grants ?? 'Nobody but its owner may do anything with it.',
        ),
    },
    { id: 'ddl', label: 'DDL', draw: () => ddl(details, drawDdl) },
  ]
}

export function byteText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}

/** Size and number of rows in words, with what the engine does not tell. */
export function sizeText({ bytes, rowEstimate, missing, kind }: TableDetails): string {
  const rows = rowEstimate === undefined ? undefined : `about ${rowEstimate.toLocaleString('en-US')} rows`
  const size =
    bytes === undefined ? undefined : `${byteText(bytes.table)} of rows, ${byteText(bytes.indexes)} of indexes`
  const known = [rows, size].filter(part => part !== undefined)
  if (known.length > 0) return known.join(' · ')
  return kind === 'view' ? '' : `No estimate of rows yet.${missing.size === undefined ? '' : ` ${missing.size}`}`
}

function columns({ columns: all, foreignKeys, missing }: TableDetails): HTMLElement {
  const rows = all.map(column => {
    const refers = foreignKeys.filter(key => key.columns.includes(column.name))
    const marks = [
      column.primaryKey === true && 'primary key',
      ...refers.map(({ references }) => `→ ${references.name}`),
      column.generated !== undefined && 'generated',
      column.identity !== undefined && `identity${column.identity === 'always' ? ', always' : ''}`,
    ]
    const value = column.generated ?? column.default
    return [
      column.name,
      code(column.type === '' ? 'any' : column.type),
      column.nullable ? 'may be NULL' : 'NOT NULL',
      value === undefined || value === 'identity' ? '' : code(value),
      marks.filter(Boolean).join(', '),
      column.comment ?? '',
    ]
  })
  const made = list(
    'Columns',
    ['Name', 'Type', 'NULL', 'Default or expression', 'Key', 'Comment'],
    rows,
    'It has no columns.',
  )
  if (missing.comments === undefined) return made
  return h('div', { class: 'table-stack' }, made, h('p', { class: 'text-muted' }, missing.comments))
}

function ddl({ ddl: text }: TableDetails, draw: (text: string) => HTMLElement): HTMLElement {
  if (text === '') return h('p', { class: 'text-muted' }, 'The database has no text of it.')
  return h(
    'div',
    { class: 'table-stack' },
    h(
      'div',
      {},
      textButton('Copy', () => void copyText(text, 'DDL copied'), { icon: 'copy' }),
    ),
    draw(text),
  )
}

function list(label: string, head: readonly string[], rows: readonly (readonly Child[])[], empty: string): HTMLElement {
  if (rows.length === 0) return h('p', { class: 'text-muted' }, empty)
  return h(
    'div',
    { class: 'table-scroll', tabIndex: 0, role: 'region', label },
    h(
      'table',
      { class: 'table', label },
      h('thead', {}, h('tr', {}, ...head.map(text => h('th', { attributes: { scope: 'col' } }, text)))),
      h(
        'tbody',
        {},
        ...rows.map(([name, ...cells]) =>
          h('tr', {}, h('th', { attributes: { scope: 'row' } }, name), ...cells.map(cell => h('td', {}, cell))),
        ),
      ),
    ),
  )
}

function code(text: string): HTMLElement {
  return h('code', {}, text)
}

function tableLink(
  connectionId: string,
  { catalog, schema, name }: { readonly catalog?: string; readonly schema: string; readonly name: string },
  after = '',
): HTMLElement {
  const table = { ...(catalog === undefined ? {} : { catalog }), schema, name }
  return h(
    'span',
    {},
    h(
      'a',
      { class: 'link', attributes: { href: tableAddress({ connectionId, table }) } },
      icon('table'),
      `${schema}.${name}`,
    ),
    after,
  )
}

function actionsOf({ onUpdate, onDelete }: ForeignKey): string {
  return [onUpdate && `on update ${onUpdate}`, onDelete && `on delete ${onDelete}`]
    .filter(Boolean)
    .join(', ')
    .toLowerCase()
}
