import type { Actor } from '../auth/actor.ts'
import { duckdbDialect, duckdbRules } from '../dialect/duckdb.ts'
import { nearNames } from '../dialect/near-names.ts'
import { resultReferences } from '../dialect/result-references.ts'
import { rewrite } from '../dialect/rewrite.ts'
import type { Cancellable, Engine } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import type { HostSession } from '../host/host-pool.ts'
import type { ResultStore } from '../results/result-store.ts'
import type { Datasets, MountedDatasets } from './datasets.ts'
import type { ResultNames } from './result-names.ts'

/** The database in memory, seen by the sessions of an instance, in which named results are views while a statement reads them. */
export const resultsCatalog = 'tusk_results'

/**
 * `@name` in SQL of DuckDB: a stored result of the person, from whatever engine it came, read by the host where it lies. Other engines have no
 * use for the sign and say so themselves.
 */
export class NamedResults implements Datasets {
  readonly #names: Pick<ResultNames, 'find' | 'list'>
  readonly #results: Pick<ResultStore, 'get'>

  constructor(names: Pick<ResultNames, 'find' | 'list'>, results: Pick<ResultStore, 'get'>) {
    this.#names = names
    this.#results = results
  }

  async relations(): Promise<readonly []> {
    return []
  }

  columns(): Promise<never> {
    return Promise.reject(new TuskError('NOT_FOUND', 'There is no such dataset.'))
  }

  /** NOT_FOUND names near ones for a name that is not given; CONFLICT while the result is still being stored. */
  async mountFor(
    actor: Actor,
    engine: Engine,
    session: HostSession,
    sql: string,
    options: Cancellable,
  ): Promise<MountedDatasets | undefined> {
    if (engine.dialect.id !== 'duckdb' || !sql.includes('@')) return undefined
    const references = resultReferences(sql, duckdbRules)
    if (references.length === 0) return undefined
    await using stack = new AsyncDisposableStack()
    for (const name of new Set(references.map(reference => reference.name))) {
      const result = this.#resultOf(actor, name, references.find(reference => reference.name === name)?.from ?? 0)
      await session.mount(name, result.directory, { ...options, schema: resultsCatalog })
      stack.defer(() => session.unmount(`${resultsCatalog}.${name}`))
    }
    const { sql: rewritten, positionOf } = rewrite(
      sql,
      references,
      ({ name }) => `${resultsCatalog}.${duckdbDialect.quoteIdentifier(name)}`,
    )
    const owned = stack.move()
    return { sql: rewritten, positionOf, [Symbol.asyncDispose]: () => owned.disposeAsync() }
  }

  #resultOf(actor: Actor, name: string, position: number) {
    const id = this.#names.find(actor, name)
    if (id === undefined) {
      const near = nearNames(
        name,
        this.#names.list(actor).map(one => one.name),
      )
      throw new TuskError('NOT_FOUND', `No result of yours is called @${name}.`, {
        position,
        hint:
          near.length > 0
            ? `Is it ${near.map(one => `@${one}`).join(' or ')}?`
            : 'Give a result a name with “Name” over its rows; then every DuckDB connection reads it.',
      })
    }
    try {
      const result = this.#results.get(actor.id, id)
      if (result.state === 'storing')
        throw new TuskError('CONFLICT', `@${name} is still being stored.`, { position, hint: 'Wait for its end.' })
      return result
    } catch (error) {
      if (!(error instanceof TuskError) || error.code !== 'RESULT_NOT_FOUND') throw error
      throw new TuskError('RESULT_NOT_FOUND', `The rows of @${name} are gone.`, {
        position,
        hint: 'Run its statement again and give the name to the new result.',
      })
    }
  }
}
