import { typeName } from '../arrow/index.ts'
import type { Actor } from '../auth/actor.ts'
import { duckdbRules } from '../dialect/duckdb.ts'
import { qualifiedNames } from '../dialect/qualified-names.ts'
import { sqliteDialect } from '../dialect/sqlite.ts'
import type { Cancellable, Engine } from '../engine/engine.ts'
import type { Relation, RelationColumn, RelationName } from '../engine/introspector.ts'
import { TuskError } from '../errors.ts'
import type { HostPool, HostSession } from '../host/host-pool.ts'
import type { Datasets, MountedDatasets } from '../query/datasets.ts'
import type { ResultStore, StoredResult } from '../results/result-store.ts'
import { mayUse } from './access.ts'
import type { Dataset, DatasetRows, ReadDataset, StoredDataset } from './dataset.ts'
import type { TuskPlugin } from './plugin.ts'
import type { PluginTusk } from './tusk.ts'

export interface PluginDatasetsOptions {
  readonly plugins: () => readonly TuskPlugin[]
  readonly tuskOf: (plugin: TuskPlugin) => PluginTusk
  readonly hosts: HostPool
  readonly results: ResultStore
  readonly sqlite: Engine
  /** File of a plugin's own database. */
  readonly databaseFile: (id: string) => string
}

/** Owner of the copies that statements read; no person's list shows them. */
const owner = 'tusk:datasets'

/**
 * What plugins offer as tables, in DuckDB. A statement that names `plugin_<id>.<name>` gets a copy of the rows as they are now, stored as
 * any result is and mounted in its session; the copy goes when the statement is over. Tables of a plugin are read by a host, so their rows
 * never come into this process.
 */
export class PluginDatasets implements Datasets {
  readonly #options: PluginDatasetsOptions

  constructor(options: PluginDatasetsOptions) {
    this.#options = options
  }

  async relations(actor: Actor, engine: Engine): Promise<readonly Relation[]> {
    if (engine.dialect.id !== 'duckdb') return []
    const relations: Relation[] = []
    for (const plugin of this.#options.plugins())
      if (plugin.datasets !== undefined && (await mayUse(plugin, actor)))
        for (const { name, description } of plugin.datasets)
          relations.push({
            schema: schemaOf(plugin),
            name,
            kind: 'view',
            comment: [`From the plugin ${plugin.name ?? plugin.id}.`, description].filter(Boolean).join(' '),
          })
    return relations
  }

  async columns(
    actor: Actor,
    { schema, name }: RelationName,
    options: Cancellable,
  ): Promise<readonly RelationColumn[]> {
    const [found] = await this.#namedIn(actor, `${schema}.${name}`)
    if (found === undefined) throw new TuskError('NOT_FOUND', `There is no dataset ${schema}.${name}.`)
    const { plugin, dataset } = found
    if ('table' in dataset) {
      await using session = await this.#openDatabase(plugin, dataset, options)
      return await session.columns({ schema: 'main', name: dataset.table }, options)
    }
    const { schema: columns, batches } = await this.#read(actor, plugin, dataset, options).catch(inPlugin)
    // Only asked what it looks like: the rows that it may have begun to make are given up.
    if (Symbol.asyncIterator in batches) await batches[Symbol.asyncIterator]().return?.()
    else batches[Symbol.iterator]().return?.()
    return columns.fields.map(field => ({
      name: field.name,
      type: field.sourceType ?? typeName(field.type),
      nullable: field.nullable,
    }))
  }

  async mountFor(
    actor: Actor,
    engine: Engine,
    session: HostSession,
    sql: string,
    options: Cancellable,
  ): Promise<MountedDatasets | undefined> {
    if (engine.dialect.id !== 'duckdb' || !/plugin_/i.test(sql)) return undefined
    await using stack = new AsyncDisposableStack()
    let count = 0
    for (const { plugin, dataset } of await this.#namedIn(actor, sql)) {
      const copy = await this.#copy(actor, plugin, dataset, options).catch(inPlugin)
      stack.defer(() => this.#options.results.remove(owner, copy.id))
      const schema = schemaOf(plugin)
      await session.mount(dataset.name, copy.directory, { ...options, schema })
      stack.defer(() => session.unmount(`${schema}.${dataset.name}`))
      count++
    }
    return count === 0 ? undefined : stack.move()
  }

  /** Those that stand in the statement as `plugin_<id>.<name>`, outside of texts and comments. */
  async #namedIn(actor: Actor, sql: string): Promise<readonly { plugin: TuskPlugin; dataset: Dataset }[]> {
    const names = new Set(qualifiedNames(sql, duckdbRules))
    const found: { plugin: TuskPlugin; dataset: Dataset }[] = []
    for (const plugin of this.#options.plugins())
      for (const dataset of plugin.datasets ?? [])
        if (names.has(`${schemaOf(plugin)}.${dataset.name}`) && (await mayUse(plugin, actor)))
          found.push({ plugin, dataset })
    return found
  }

  #copy(actor: Actor, plugin: TuskPlugin, dataset: Dataset, options: Cancellable): Promise<StoredResult> {
    return 'table' in dataset
      ? this.#copyTable(plugin, dataset, options)
      : this.#copyRows(actor, plugin, dataset, options)
  }

  async #copyRows(actor: Actor, plugin: TuskPlugin, dataset: ReadDataset, options: Cancellable): Promise<StoredResult> {
    const { schema, batches } = await this.#read(actor, plugin, dataset, options)
    return await this.#options.results.save({ ...provenance(plugin, dataset), schema }, batches, options)
  }

  async #read(actor: Actor, plugin: TuskPlugin, dataset: ReadDataset, options: Cancellable): Promise<DatasetRows> {
    return await dataset.read({ actor, tusk: this.#options.tuskOf(plugin), ...options })
  }

  #openDatabase(plugin: TuskPlugin, { name }: StoredDataset, options: Cancellable): Promise<HostSession> {
    const { hosts, sqlite, databaseFile, tuskOf } = this.#options
    // In a command the plugin has not been started, perhaps never yet: this makes its tables.
    tuskOf(plugin)
    return hosts.openSession(
      {
        engine: sqlite,
        config: { path: databaseFile(plugin.id), read_only: true },
        connectionId: `dataset-${plugin.id}`,
        label: `dataset ${schemaOf(plugin)}.${name}`,
      },
      options,
    )
  }

  async #copyTable(plugin: TuskPlugin, dataset: StoredDataset, options: Cancellable): Promise<StoredResult> {
    const { results } = this.#options
    const { name, table } = dataset
    const pending = await results.create(provenance(plugin, { name }))
    try {
      await using session = await this.#openDatabase(plugin, dataset, options)
      const run = await session.run(
        {
          sql: `SELECT * FROM ${sqliteDialect.quoteIdentifier(table)}`,
          directory: pending.directory,
          room: pending.room,
        },
        options,
      )
      pending.started(run.schema)
      const { transaction: _, ...outcome } = await run.done
      await pending.finish(outcome)
      if (outcome.error !== undefined) throw outcome.error
    } catch (error) {
      await pending.finish({ state: 'failed', rowCount: 0, byteCount: 0, error: TuskError.from(error) })
      await results.remove(owner, pending.id)
      throw error
    }
    return pending.result
  }
}

/** The schema of a plugin's datasets: `my-shop` → `plugin_my_shop`. */
export function schemaOf(plugin: TuskPlugin): string {
  return `plugin_${plugin.id.replaceAll('-', '_')}`
}

function inPlugin(error: unknown): never {
  throw TuskError.from(error, 'PLUGIN_FAILED')
}

function provenance(plugin: TuskPlugin, { name }: { readonly name: string }) {
  return {
    owner,
    provenance: { sql: `${schemaOf(plugin)}.${name}`, engine: 'plugin', startedAt: new Date().toISOString() },
  }
}
