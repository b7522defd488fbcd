import type { Cancellable } from './engine.ts'
import type { TableDetails } from './table-details.ts'

/**
 * Reads the catalog, never the data: estimates instead of counts, and nothing that executes somebody's function (R19).
 * Methods may be called while a query runs on the same connection; they use their own session where one is needed.
 */
export interface Introspector {
  /** Every relation a person may query, without columns: the schema tree's first level. 5,000 tables in one answer are fine. */
  relations(options?: Cancellable): Promise<readonly Relation[]>
  /** Columns of one relation, in order. NOT_FOUND when it is gone. */
  columns(relation: RelationName, options?: Cancellable): Promise<readonly RelationColumn[]>
  /** Columns of all relations of all user schemas at once, for completion; key is `${schema}.${name}`. Stops at `limit` columns. */
  allColumns(limit: number, options?: Cancellable): Promise<ReadonlyMap<string, readonly RelationColumn[]>>
  /** Schemas that unqualified names are looked up in, first wins. */
  searchPath(options?: Cancellable): Promise<readonly string[]>
  /** Keys, indexes, constraints, triggers, rights, size and DDL of one relation. NOT_FOUND when it is gone. Absent: the engine tells no more than columns. */
  table?(relation: RelationName, options?: Cancellable): Promise<TableDetails>
}

export interface RelationName {
  /** Attached database (DuckDB) where it is not the default one. */
  readonly catalog?: string
  readonly schema: string
  readonly name: string
}

export interface Relation extends RelationName {
  readonly kind: 'table' | 'view' | 'materialized view' | 'foreign table' | 'partitioned table' | 'virtual table'
  /** The planner's estimate; absent when the database has none. Never a count. */
  readonly rowEstimate?: number
  readonly comment?: string
  /** True for the system's own schemas. */
  readonly system?: boolean
}

export interface RelationColumn {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly default?: string
  readonly primaryKey?: boolean
  readonly references?: RelationName & { readonly column: string }
  readonly comment?: string
}
