import type { Actor } from '../auth/actor.ts'
import type { Cancellable, Engine } from '../engine/engine.ts'
import type { HostSession } from '../host/host-pool.ts'

/** Tables that are not the database's own, which a statement may name: what plugins offer. */
export interface Datasets {
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
  ): Promise<AsyncDisposable | undefined>
}
