import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { sqliteDialect } from '../../dialect/sqlite.ts'
import type { Cancellable } from '../../engine/engine.ts'
import type { Introspector, Relation, RelationColumn, RelationName } from '../../engine/introspector.ts'
import type { TableDetails } from '../../engine/table-details.ts'
import { TuskError } from '../../errors.ts'
import { describeTable, schemaTableOf } from './describe-table.ts'
import { throwIfAborted } from './result-stream.ts'
import { sqliteError } from './sqlite-error.ts'

/** Reads on the connection's own session, so that temporary tables and attached databases are seen. */
export class SqliteIntrospector implements Introspector {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  async relations(options: Cancellable = {}): Promise<readonly Relation[]> {
    const schemas = this.#schemas()
    return schemas.flatMap(schema => {
      throwIfAborted(options.signal)
      return this.#relationsOf(schema)
    })
  }

  async columns(relation: RelationName, options: Cancellable = {}): Promise<readonly RelationColumn[]> {
    throwIfAborted(options.signal)
    const columns = this.#schemas().includes(relation.schema) ? this.#columnsOf(relation.schema, relation.name) : []
    if (columns.length === 0)
      throw new TuskError('NOT_FOUND', `There is no table or view “${relation.name}” in “${relation.schema}”.`)
    return columns
  }

  async allColumns(limit: number, options: Cancellable = {}): Promise<ReadonlyMap<string, readonly RelationColumn[]>> {
    const all = new Map<string, readonly RelationColumn[]>()
    let count = 0
    for (const { schema, name, system } of await this.relations(options)) {
      if (system) continue
      throwIfAborted(options.signal)
      const columns = this.#columnsIfSound(schema, name)
      if (count + columns.length > limit) break
      count += columns.length
      all.set(`${schema}.${name}`, columns)
    }
    return all
  }

  async table(relation: RelationName, options: Cancellable = {}): Promise<TableDetails> {
    const columns = await this.columns(relation, options)
    const known = this.#relationsOf(relation.schema).find(({ name }) => name === relation.name)
    if (known === undefined)
      throw new TuskError('NOT_FOUND', `There is no table or view “${relation.name}” in “${relation.schema}”.`)
    return describeTable(
      (sql, ...parameters) => this.#rows(sql, ...parameters),
      known,
      columns,
      schemaTableOf(relation.schema),
    )
  }

  /** As SQLite looks names up: temporary objects, then the file, then what is attached. */
  async searchPath(): Promise<readonly string[]> {
    const schemas = this.#schemas()
    return [...schemas.filter(name => name === 'temp'), ...schemas.filter(name => name !== 'temp')]
  }

  #schemas(): readonly string[] {
    return this.#rows('SELECT name FROM pragma_database_list ORDER BY seq').map(row => String(row.name))
  }

  #relationsOf(schema: string): readonly Relation[] {
    const catalog = schemaTableOf(schema)
    const rows = this.#rows(
      `SELECT name, type, sql LIKE 'create virtual table%' AS virtual FROM ${catalog} WHERE type IN ('table', 'view') ORDER BY name`,
    ).map(row => ({ name: String(row.name), view: row.type === 'view', virtual: row.virtual === 1n }))
    const estimates = rows.some(row => row.name === 'sqlite_stat1')
      ? this.#estimates(schema)
      : new Map<string, number>()
    const shadows = new Set(
      rows.filter(row => row.virtual).flatMap(row => shadowSuffixes.map(suffix => `${row.name}_${suffix}`)),
    )
    return rows.map(({ name, view, virtual }) => {
      const rowEstimate = estimates.get(name)
      return {
        schema,
        name,
        kind: view ? 'view' : virtual ? 'virtual table' : 'table',
        ...(rowEstimate === undefined ? {} : { rowEstimate }),
        ...(name.startsWith('sqlite_') || shadows.has(name) ? { system: true } : {}),
      }
    })
  }

  /** What the last ANALYZE counted: the first number of each line. */
  #estimates(schema: string): Map<string, number> {
    const table = `${sqliteDialect.quoteIdentifier(schema)}.sqlite_stat1`
    return new Map(
      this.#rows(`SELECT tbl, max(CAST(stat AS INTEGER)) AS rows FROM ${table} GROUP BY tbl`).map(row => [
        String(row.tbl),
        Number(row.rows),
      ]),
    )
  }

  /** A view of something that is gone has no columns that could be told. */
  #columnsIfSound(schema: string, name: string): readonly RelationColumn[] {
    try {
      return this.#columnsOf(schema, name)
    } catch (error) {
      if (error instanceof TuskError && error.code === 'QUERY_FAILED') return []
      throw error
    }
  }

  #columnsOf(schema: string, name: string): readonly RelationColumn[] {
    // Hidden columns of virtual tables (1) are not part of `SELECT *`; generated ones (2, 3) are.
    const rows = this.#rows('SELECT * FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1 ORDER BY cid', name, schema)
    const references = this.#references(schema, name)
    const keys = rows.filter(row => row.pk !== 0n)
    return rows.map(row => {
      const column = String(row.name)
      const reference = references.get(column.toLowerCase())
      const isRowid = keys.length === 1 && keys[0] === row && String(row.type).toUpperCase() === 'INTEGER'
      return {
        name: column,
        type: String(row.type),
        nullable: row.notnull === 0n && !isRowid,
        ...(row.dflt_value === null ? {} : { default: String(row.dflt_value) }),
        ...(row.pk === 0n ? {} : { primaryKey: true }),
        ...(reference === undefined ? {} : { references: reference }),
      }
    })
  }

  #references(schema: string, name: string): ReadonlyMap<string, RelationName & { readonly column: string }> {
    const rows = this.#rows(
      `SELECT f."from" AS source, f."table" AS target, coalesce(f."to", k.name) AS "column"
       FROM pragma_foreign_key_list(?1, ?2) f LEFT JOIN pragma_table_info(f."table", ?2) k ON k.pk = f.seq + 1
       WHERE coalesce(f."to", k.name) IS NOT NULL ORDER BY f.id, f.seq`,
      name,
      schema,
    )
    return new Map(
      rows.map(row => [
        String(row.source).toLowerCase(),
        { schema, name: String(row.target), column: String(row.column) },
      ]),
    )
  }

  #rows(sql: string, ...parameters: readonly SQLInputValue[]): readonly Record<string, unknown>[] {
    try {
      const statement = this.#database.prepare(sql)
      statement.setReadBigInts(true)
      return statement.all(...parameters)
    } catch (error) {
      throw sqliteError(error)
    }
  }
}

/** Tables in which full-text and R*Tree indexes keep their data. */
const shadowSuffixes = [
  ...['data', 'idx', 'content', 'docsize', 'config', 'segments', 'segdir', 'stat', 'node', 'parent', 'rowid'],
]
