import type { Actor } from '../auth/actor.ts'
import type { Cancellable } from '../engine/engine.ts'
import type { Relation, RelationColumn, RelationName } from '../engine/introspector.ts'
import type { TableDetails } from '../engine/table-details.ts'
import type { Catalog, CatalogOptions } from './catalog.ts'
import type { Connections } from './connections.ts'
import type { Datasets } from './datasets.ts'
import { resultsCatalog } from './named-results.ts'

/**
 * A catalog with the datasets that statements may name beside the database's own tables. What of them is mounted at the moment is the
 * database's to tell too; it is shown once.
 */
export class DatasetCatalog implements Catalog {
  readonly #own: Catalog
  readonly #connections: Connections
  readonly #datasets: Datasets

  constructor(own: Catalog, connections: Connections, datasets: Datasets) {
    this.#own = own
    this.#connections = connections
    this.#datasets = datasets
  }

  async relations(
    actor: Actor,
    connectionId: string,
    options?: CatalogOptions,
  ): Promise<{ readonly relations: readonly Relation[]; readonly searchPath: readonly string[] }> {
    const [own, datasets] = await Promise.all([
      this.#own.relations(actor, connectionId, options),
      this.#of(actor, connectionId),
    ])
    return { ...own, relations: [...own.relations.filter(relation => !isMountedView(relation)), ...datasets] }
  }

  async columns(
    actor: Actor,
    connectionId: string,
    relation: RelationName,
    options: CatalogOptions = {},
  ): Promise<readonly RelationColumn[]> {
    const dataset = await this.#dataset(actor, connectionId, relation)
    return dataset === undefined
      ? this.#own.columns(actor, connectionId, relation, options)
      : this.#datasets.columns(actor, dataset, options)
  }

  /** Of a dataset there is nothing to tell but its columns. */
  async table(
    actor: Actor,
    connectionId: string,
    relation: RelationName,
    options: CatalogOptions = {},
  ): Promise<TableDetails> {
    const dataset = await this.#dataset(actor, connectionId, relation)
    if (dataset === undefined) return this.#own.table(actor, connectionId, relation, options)
    const why = 'Tusk offers this table to statements; it is none of the database.'
    return {
      ...dataset,
      columns: await this.#datasets.columns(actor, dataset, options),
      keys: [],
      indexes: [],
      constraints: [],
      foreignKeys: [],
      referencedBy: [],
      triggers: [],
      grants: [],
      ddl: '',
      may: { insert: false, update: false, delete: false },
      missing: { keys: why, indexes: why, constraints: why, foreignKeys: why, triggers: why, grants: why, size: why },
    }
  }

  async #dataset(actor: Actor, connectionId: string, relation: RelationName): Promise<Relation | undefined> {
    if (relation.catalog !== undefined) return undefined
    return (await this.#of(actor, connectionId)).find(
      ({ schema, name }) => schema === relation.schema && name === relation.name,
    )
  }

  /** Datasets that cannot say their columns are left out: completion goes on without them. */
  async allColumns(
    actor: Actor,
    connectionId: string,
    options: CatalogOptions = {},
  ): Promise<{ readonly columns: ReadonlyMap<string, readonly RelationColumn[]>; readonly truncated: boolean }> {
    const [own, datasets] = await Promise.all([
      this.#own.allColumns(actor, connectionId, options),
      this.#of(actor, connectionId),
    ])
    if (datasets.length === 0) return own
    const columns = new Map(own.columns)
    for (const dataset of datasets) {
      const list = await this.#columnsOrNone(actor, dataset, options)
      if (list !== undefined) columns.set(`${dataset.schema}.${dataset.name}`, list)
    }
    return { ...own, columns }
  }

  async #of(actor: Actor, connectionId: string): Promise<readonly Relation[]> {
    const { engine } = this.#connections.get(actor, connectionId)
    const known = this.#connections.engines.find(({ id }) => id === engine)
    return known === undefined ? [] : await this.#datasets.relations(actor, known)
  }

  async #columnsOrNone(
    actor: Actor,
    dataset: RelationName,
    { signal }: Cancellable,
  ): Promise<readonly RelationColumn[] | undefined> {
    try {
      return await this.#datasets.columns(actor, dataset, signal === undefined ? {} : { signal })
    } catch {
      signal?.throwIfAborted()
      return undefined
    }
  }
}

/** What a statement that named a dataset or a result has left in the database's process: of plugins that run, and of some that no longer do. */
function isMountedView({ catalog, schema, kind }: Relation): boolean {
  const ours = catalog?.startsWith('plugin_') === true || catalog === resultsCatalog
  return ours && schema === 'main' && kind === 'view'
}
