import type { SQLInputValue } from 'node:sqlite'
import { sqliteDialect, sqliteLexicalRules } from '../../dialect/sqlite.ts'
import { placedWords } from '../../dialect/words.ts'
import type { Relation, RelationColumn } from '../../engine/introspector.ts'
import type { ForeignKey, TableColumn, TableDetails, TableIndex, TableKey } from '../../engine/table-details.ts'

export type AskRows = (sql: string, ...parameters: readonly SQLInputValue[]) => readonly Record<string, unknown>[]

/** One relation, of `sqlite_schema` and the pragmas table_xinfo, index_list, index_xinfo and foreign_key_list. */
export function describeTable(
  rows: AskRows,
  { schema, name, kind, rowEstimate }: Relation,
  columns: readonly RelationColumn[],
  schemaTable: string,
): TableDetails {
  const kept = rows(
    `SELECT type, name, sql FROM ${schemaTable} WHERE (name = ?1 AND type IN ('table', 'view') OR tbl_name = ?1 COLLATE NOCASE AND type IN ('index', 'trigger')) ORDER BY type DESC, name`,
    name,
  ).map(row => ({
    type: String(row.type),
    name: String(row.name),
    sql: row.sql === null ? undefined : String(row.sql),
  }))
  const ddl = kept.find(({ type }) => type === 'table' || type === 'view')?.sql ?? ''
  const hidden = new Map(
    rows('SELECT name, hidden FROM pragma_table_xinfo(?, ?) WHERE hidden IN (2, 3)', name, schema).map(row => [
      String(row.name),
      true,
    ]),
  )
  const indexes = rows('SELECT * FROM pragma_index_list(?, ?)', name, schema)
  const primary = rows('SELECT name FROM pragma_table_info(?, ?) WHERE pk > 0 ORDER BY pk', name, schema).map(row =>
    String(row.name),
  )
  const isNullable = (names: readonly string[]): boolean =>
    columns.some(column => column.nullable && names.includes(column.name))
  const partsOf = (index: string): readonly Record<string, unknown>[] =>
    rows('SELECT * FROM pragma_index_xinfo(?, ?) WHERE key = 1 ORDER BY seqno', index, schema)
  const keys: TableKey[] =
    primary.length === 0 ? [] : [{ primary: true, columns: primary, nullable: isNullable(primary) }]
  const shown = indexes.map((row): TableIndex => {
    const index = String(row.name)
    const parts = partsOf(index)
    const isWhole = row.partial === 0n && parts.every(part => part.name !== null)
    const names = parts.map(part => String(part.name))
    if (row.unique === 1n && row.origin !== 'pk' && isWhole)
      keys.push({ name: index, primary: false, columns: names, nullable: isNullable(names) })
    return {
      name: index,
      definition: kept.find(one => one.type === 'index' && one.name === index)?.sql ?? `(${names.join(', ')})`,
      unique: row.unique === 1n,
      ...(row.origin === 'c' ? {} : { ofKey: true }),
    }
  })
  const after = kept.filter(({ type, sql }) => (type === 'index' || type === 'trigger') && sql !== undefined)
  return {
    schema,
    name,
    kind,
    ...(rowEstimate === undefined ? {} : { rowEstimate }),
    columns: columns.map(
      (column): TableColumn =>
        hidden.has(column.name) ? { ...column, generated: 'an expression, see the DDL' } : column,
    ),
    keys,
    indexes: shown.toSorted((one, other) => one.name.localeCompare(other.name)),
    constraints: checksOf(ddl),
    foreignKeys: foreignKeysOf(rows, schema, name),
    referencedBy: rows(`SELECT name FROM ${schemaTable} WHERE type = 'table' ORDER BY name`).flatMap(row =>
      foreignKeysOf(rows, schema, String(row.name)).filter(
        ({ references }) => references.name.toLowerCase() === name.toLowerCase(),
      ),
    ),
    triggers: kept
      .filter(({ type }) => type === 'trigger')
      .map(trigger => ({ name: trigger.name, definition: trigger.sql ?? '', enabled: true })),
    grants: [],
    ddl: [ddl, ...after.map(({ sql }) => sql!)]
      .filter(text => text !== '')
      .map(text => `${text};`)
      .join('\n\n'),
    missing: {
      grants: 'SQLite has no users: who may open the file may do everything with it.',
      size: 'SQLite does not keep how many pages belong to one table.',
      comments: 'SQLite keeps no comments of tables and columns.',
      ...(kind === 'view'
        ? {
            keys: 'A view has no keys of its own.',
            indexes: 'A view has no indexes; its tables have.',
            constraints: 'A view has no constraints.',
            foreignKeys: 'A view has no foreign keys.',
          }
        : {}),
    },
  }
}

function foreignKeysOf(rows: AskRows, schema: string, name: string): readonly ForeignKey[] {
  const found = new Map<string, { columns: string[]; to: string[]; key: ForeignKey }>()
  for (const row of rows(
    `SELECT f.id, f."table" AS target, f."from" AS source, coalesce(f."to", k.name) AS "column", f.on_update, f.on_delete
     FROM pragma_foreign_key_list(?1, ?2) f LEFT JOIN pragma_table_info(f."table", ?2) k ON k.pk = f.seq + 1
     ORDER BY f.id DESC, f.seq`,
    name,
    schema,
  )) {
    const id = String(row.id)
    let one = found.get(id)
    if (one === undefined) {
      const columns: string[] = []
      const to: string[] = []
      one = {
        columns,
        to,
        key: {
          table: { schema, name },
          columns,
          references: { schema, name: String(row.target), columns: to },
          ...(row.on_update === 'NO ACTION' ? {} : { onUpdate: String(row.on_update) }),
          ...(row.on_delete === 'NO ACTION' ? {} : { onDelete: String(row.on_delete) }),
        },
      }
      found.set(id, one)
    }
    one.columns.push(String(row.source))
    if (row.column !== null) one.to.push(String(row.column))
  }
  return [...found.values()].map(({ key }) => key)
}

/** SQLite keeps checks only in the text of the table. */
function checksOf(ddl: string): TableDetails['constraints'] {
  const words = placedWords(ddl, sqliteLexicalRules)
  return words.flatMap((word, at) => {
    const open = words[at + 1]
    if (word.kind !== 'word' || word.text !== 'check' || open?.text !== '(') return []
    const close = words.slice(at + 2).find(({ text, depth }) => text === ')' && depth === open.depth)
    const isNamed = words[at - 2]?.text === 'constraint'
    const name = isNamed ? ddl.slice(words[at - 1]!.from, words[at - 1]!.to) : undefined
    const definition = ddl.slice(word.from, close?.to ?? ddl.length)
    return [{ ...(name === undefined ? {} : { name }), definition }]
  })
}

/** The name of the table that keeps the texts of a schema. */
export function schemaTableOf(schema: string): string {
  return schema === 'temp' ? 'sqlite_temp_schema' : `${sqliteDialect.quoteIdentifier(schema)}.sqlite_schema`
}
