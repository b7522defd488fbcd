import type { Actor } from '../auth/actor.ts'
import type { Cancellable } from '../engine/engine.ts'
import type { Relation, RelationColumn, RelationName } from '../engine/introspector.ts'
import type { TableDetails } from '../engine/table-details.ts'

/** The catalog of a saved connection, read over sessions of its own and kept for a short while. */
export interface Catalog {
  relations(
    actor: Actor,
    connectionId: string,
    options?: CatalogOptions,
  ): Promise<{ readonly relations: readonly Relation[]; readonly searchPath: readonly string[] }>
  columns(
    actor: Actor,
    connectionId: string,
    relation: RelationName,
    options?: CatalogOptions,
  ): Promise<readonly RelationColumn[]>
  /** All that is known of one table or view. NOT_FOUND; UNSUPPORTED where the engine tells no more than columns. */
  table(actor: Actor, connectionId: string, relation: RelationName, options?: CatalogOptions): Promise<TableDetails>
  allColumns(
    actor: Actor,
    connectionId: string,
    options?: CatalogOptions,
  ): Promise<{ readonly columns: ReadonlyMap<string, readonly RelationColumn[]>; readonly truncated: boolean }>
}

export interface CatalogOptions extends Cancellable {
  /** Read anew (F5). */
  readonly refresh?: boolean
}
