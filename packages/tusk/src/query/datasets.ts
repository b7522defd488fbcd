import type { Actor } from '../auth/actor.ts'
import type { Cancellable, Engine } from '../engine/engine.ts'
import type { Relation, RelationColumn, RelationName } from '../engine/introspector.ts'
import type { HostSession } from '../host/host-pool.ts'

/** Tables that are not the database's own, which a statement may name: what plugins offer. */
export interface Datasets {
  /** Those that this person may name in statements of the engine; none for engines that cannot read what is not their own. Nothing is read. */
  relations(actor: Actor, engine: Engine): Promise<readonly Relation[]>
  /** NOT_FOUND when there is no such dataset; else throws what asking it threw. */
  columns(actor: Actor, dataset: RelationName, options: Cancellable): Promise<readonly RelationColumn[]>
  /**
   * Makes those that `sql` names readable in the session until disposed; undefined when it names none, or the engine cannot
   * read what is not its own. Throws what reading one of them
   * threw.
   */
  mountFor(
    actor: Actor,
    engine: Engine,
    session: HostSession,
    sql: string,
    options: Cancellable,
  ): Promise<MountedDatasets | undefined>
}

/** What is readable until disposed. */
export interface MountedDatasets extends AsyncDisposable {
  /** The statement to run instead, where its text had to change. */
  readonly sql?: string
  /** Where a place of that text is in the text that was given; with `sql`. */
  readonly positionOf?: (position: number) => number
}
