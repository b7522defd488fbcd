import type { Connection as Handle } from '@duckdb/node-bindings'
import { duckdbDialect } from '../../dialect/duckdb.ts'
import type { Cancellable } from '../../engine/engine.ts'
import type { Introspector, Relation, RelationColumn, RelationName } from '../../engine/introspector.ts'
import type { TableDetails } from '../../engine/table-details.ts'
import { TuskError } from '../../errors.ts'
import type { Bindings } from './bindings.ts'
import { cancelled } from './cancelled.ts'
import { describeTable } from './describe-table.ts'
import { runTextRows } from './text-rows.ts'

/** Reads DuckDB's catalog over a connection of its own, so that it answers while a query runs. */
export class DuckdbIntrospector implements Introspector, AsyncDisposable {
  readonly #duckdb: Bindings
  readonly #handle: Handle
  /** One question at a time: DuckDB runs one statement per connection. */
  #tail: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(duckdb: Bindings, handle: Handle) {
    this.#duckdb = duckdb
    this.#handle = handle
  }

  async relations(options: Cancellable = {}): Promise<readonly Relation[]> {
    const rows = await this.#rows(
      `SELECT database_name, schema_name, table_name, 'table', estimated_size::VARCHAR, comment,
              (internal OR database_name IN ('system', 'temp') AND internal)::VARCHAR, (database_name = current_database())::VARCHAR
         FROM duckdb_tables()
       UNION ALL
       SELECT database_name, schema_name, view_name, 'view', NULL, comment, internal::VARCHAR, (database_name = current_database())::VARCHAR
         FROM duckdb_views() WHERE database_name NOT IN ('system', 'temp') AND NOT internal
       ORDER BY ALL`,
      options,
    )
    return rows.map(([catalog, schema, name, kind, estimate, comment, system, current]) => ({
      ...relationName(catalog!, schema!, name!, current === 'true'),
      kind: kind === 'view' ? 'view' : 'table',
      ...(estimate === null || estimate === undefined ? {} : { rowEstimate: Number(estimate) }),
      ...(comment === null || comment === undefined ? {} : { comment }),
      ...(system === 'true' ? { system: true } : {}),
    }))
  }

  async columns(relation: RelationName, options: Cancellable = {}): Promise<readonly RelationColumn[]> {
    const found = await this.#columns(
      `database_name = ${relation.catalog === undefined ? 'current_database()' : literal(relation.catalog)}
       AND schema_name = ${literal(relation.schema)} AND table_name = ${literal(relation.name)}`,
      undefined,
      options,
    )
    const columns = found.values().next().value
    if (columns === undefined) {
      throw new TuskError('NOT_FOUND', `There is no table or view “${relation.schema}.${relation.name}” any more.`)
    }
    return columns
  }

  allColumns(limit: number, options: Cancellable = {}): Promise<ReadonlyMap<string, readonly RelationColumn[]>> {
    return this.#columns('NOT internal AND database_name = current_database()', limit, options)
  }

  async table(relation: RelationName, options: Cancellable = {}): Promise<TableDetails> {
    return describeTable(sql => this.#rows(sql, options), relation, await this.columns(relation, options))
  }

  async searchPath(options: Cancellable = {}): Promise<readonly string[]> {
    const rows = await this.#rows(`SELECT current_schema() UNION ALL SELECT 'main'`, options)
    return [...new Set(rows.map(([schema]) => schema!))]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#tail
    this.#duckdb.disconnect_sync(this.#handle)
  }

  async #columns(
    where: string,
    limit: number | undefined,
    options: Cancellable,
  ): Promise<Map<string, readonly RelationColumn[]>> {
    const rows = await this.#rows(
      `WITH keys AS (
         SELECT database_name, schema_name, table_name, unnest(constraint_column_names) AS column_name
           FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'),
       links AS (
         SELECT database_name, schema_name, table_name, unnest(constraint_column_names) AS column_name,
                referenced_table, unnest(referenced_column_names) AS referenced_column
           FROM duckdb_constraints() WHERE constraint_type = 'FOREIGN KEY')
       SELECT c.schema_name, c.table_name, c.column_name, c.data_type, c.is_nullable::VARCHAR, c.column_default, c.comment,
              (k.column_name IS NOT NULL)::VARCHAR, any_value(l.referenced_table), any_value(l.referenced_column)
         FROM duckdb_columns() c
         LEFT JOIN keys k USING (database_name, schema_name, table_name, column_name)
         LEFT JOIN links l USING (database_name, schema_name, table_name, column_name)
        WHERE ${where}
        GROUP BY ALL
        ORDER BY c.schema_name, c.table_name, max(c.column_index)
        ${limit === undefined ? '' : `LIMIT ${Math.max(0, Math.floor(limit))}`}`,
      options,
    )
    const columns = new Map<string, RelationColumn[]>()
    for (const [schema, table, name, type, nullable, initial, comment, key, toTable, toColumn] of rows) {
      const relation = `${schema}.${table}`
      const list = columns.get(relation) ?? []
      if (list.length === 0) columns.set(relation, list)
      list.push({
        name: name!,
        type: type!,
        nullable: nullable === 'true',
        ...(initial === null || initial === undefined ? {} : { default: initial }),
        ...(comment === null || comment === undefined ? {} : { comment }),
        ...(key === 'true' ? { primaryKey: true } : {}),
        ...(toTable === null || toTable === undefined || toColumn === null || toColumn === undefined
          ? {}
          : { references: { schema: schema!, name: toTable, column: toColumn } }),
      })
    }
    return columns
  }

  async #rows(sql: string, options: Cancellable): Promise<readonly (readonly (string | null)[])[]> {
    const { signal } = options
    const work = this.#tail.then(async () => {
      if (this.#closed) throw new TuskError('CONNECTION_LOST', 'The database session was closed.')
      if (signal?.aborted) throw cancelled(signal)
      const interrupt = () => this.#duckdb.interrupt(this.#handle)
      signal?.addEventListener('abort', interrupt)
      try {
        return await runTextRows(this.#duckdb, this.#handle, sql)
      } finally {
        signal?.removeEventListener('abort', interrupt)
      }
    })
    this.#tail = work.catch(() => undefined) // who asked hears it; the next one only waits
    return work
  }
}

/** The catalog is named only where it is not the one that names are looked up in. */
function relationName(catalog: string, schema: string, name: string, current: boolean): RelationName {
  return current ? { schema, name } : { catalog, schema, name }
}

function literal(text: string): string {
  return duckdbDialect.quoteLiteral(text)
}
