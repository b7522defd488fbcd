import type { Actor } from '../auth/actor.ts'
import type { Cancellable } from '../engine/engine.ts'
import type { Relation, RelationColumn, RelationName } from '../engine/introspector.ts'

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
