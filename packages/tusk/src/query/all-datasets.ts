import type { Actor } from '../auth/actor.ts'
import type { Cancellable, Engine } from '../engine/engine.ts'
import type { Relation, RelationColumn, RelationName } from '../engine/introspector.ts'
import { TuskError } from '../errors.ts'
import type { HostSession } from '../host/host-pool.ts'
import type { Datasets, MountedDatasets } from './datasets.ts'

/** Several kinds of datasets as one. Each gets the text as those before it have left it. */
export class AllDatasets implements Datasets {
  readonly #kinds: readonly Datasets[]

  constructor(kinds: readonly Datasets[]) {
    this.#kinds = kinds
  }

  async relations(actor: Actor, engine: Engine): Promise<readonly Relation[]> {
    return (await Promise.all(this.#kinds.map(kind => kind.relations(actor, engine)))).flat()
  }

  async columns(actor: Actor, dataset: RelationName, options: Cancellable): Promise<readonly RelationColumn[]> {
    for (const kind of this.#kinds)
      try {
        return await kind.columns(actor, dataset, options)
      } catch (error) {
        if (!(error instanceof TuskError) || error.code !== 'NOT_FOUND') throw error
      }
    throw new TuskError('NOT_FOUND', `There is no dataset ${dataset.schema}.${dataset.name}.`)
  }

  async mountFor(
    actor: Actor,
    engine: Engine,
    session: HostSession,
    sql: string,
    options: Cancellable,
  ): Promise<MountedDatasets | undefined> {
    await using stack = new AsyncDisposableStack()
    let text = sql
    let count = 0
    const places: ((position: number) => number)[] = []
    for (const kind of this.#kinds) {
      const mounted = await kind.mountFor(actor, engine, session, text, options)
      if (mounted === undefined) continue
      stack.use(mounted)
      count++
      if (mounted.sql === undefined) continue
      text = mounted.sql
      if (mounted.positionOf !== undefined) places.unshift(mounted.positionOf)
    }
    if (count === 0) return undefined
    const owned = stack.move()
    return {
      ...(text === sql
        ? {}
        : { sql: text, positionOf: (position: number) => places.reduce((at, place) => place(at), position) }),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  }
}
