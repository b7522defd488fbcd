import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { localActor } from './auth/actor.ts'
import { openAuth } from './auth/open-auth.ts'
import { PeoplesPreferences, SinglePreferences } from './auth/own-preferences.ts'
import type { ConnectionConfig, Engine } from './engine/engine.ts'
import { engines as ownEngines } from './engines/index.ts'
import { sqliteEngine } from './engines/sqlite/engine.ts'
import type { Exporter } from './export/exporter.ts'
import { exporters as ownExporters } from './export/index.ts'
import { componentsFeature } from './features/components/feature.ts'
import { settingsFeature } from './features/settings/feature.ts'
import { runningFeature, sharedFeature, sqlFeature } from './features/sql/feature.ts'
import { auditFeature } from './features/users/audit-dataset.ts'
import { usersFeature } from './features/users/feature.ts'
import { type Config, readConfig } from './home/config.ts'
import { ExportFolders } from './home/export-folders.ts'
import type { Home } from './home/home.ts'
import { Timetable } from './jobs/timetable.ts'
import { logTo, openHosts } from './open-hosts.ts'
import type { PipelineStep } from './pipeline/step.ts'
import { type DiscoverOptions, discoverPlugins } from './plugins/discover.ts'
import type { TuskPlugin } from './plugins/plugin.ts'
import { PluginDatasets } from './plugins/plugin-datasets.ts'
import { PluginHost, type PluginHostOptions } from './plugins/plugin-host.ts'
import { pluginTusk } from './plugins/plugin-tusk.ts'
import type { Tusk } from './plugins/tusk.ts'
import { AllDatasets } from './query/all-datasets.ts'
import { queryBelongings } from './query/belongings.ts'
import { CachedCatalog } from './query/cached-catalog.ts'
import { DatasetCatalog } from './query/dataset-catalog.ts'
import type { Datasets } from './query/datasets.ts'
import { endLostWork } from './query/end-lost-work.ts'
import { HistoryDatabase } from './query/history-database.ts'
import { Loads } from './query/loads.ts'
import { NamedResults } from './query/named-results.ts'
import { ResultNames } from './query/result-names.ts'
import { RunArchive } from './query/run-archive.ts'
import { runStatement } from './query/run-statement.ts'
import { SavedConnections } from './query/saved-connections.ts'
import { ScriptRuns } from './query/script-runs.ts'
import { TabSessions } from './query/tab-sessions.ts'
import { createResultCompute } from './results/compute/create-result-compute.ts'
import { createResultStore } from './results/create-result-store.ts'
import { version } from './version.ts'

/** The features that come with Tusk, in the order of the side bar. */
export const features: readonly TuskPlugin[] = [
  sqlFeature,
  runningFeature,
  sharedFeature,
  usersFeature,
  settingsFeature,
  componentsFeature,
]

export interface OpenTuskOptions {
  readonly home: Home
  readonly log?: Logger
  /** Plugins: none, or also those in these folders. Default: those beside Tusk and those that were installed. */
  readonly plugins?: false | (DiscoverOptions & Pick<PluginHostOptions, 'importMs' | 'startMs'>)
  /**
   * For a command, while a studio may be running on the same state directory: results, runs and history are in a directory of their own,
   * without a quota and gone in the end. Default: they are the state directory's, and the caller holds its lock.
   */
  readonly scratch?: boolean
  /** Names of commands that plugins may not have. */
  readonly commandNames?: readonly string[]
  /** What the processes run that own databases. Default: Tusk's own entry. */
  readonly hostEntry?: URL
}

/** A whole Tusk without its web server. Disposing ends runs, sessions and hosts, then closes the databases. */
export interface OpenTusk extends AsyncDisposable {
  readonly tusk: Tusk
  readonly home: Home
  readonly config: Config
  readonly log: Logger
  readonly connections: SavedConnections
  /** Loaded, not started. */
  readonly plugins: PluginHost
  readonly datasets: Datasets
}

/** Puts the rooms together. The only place that knows every one of them. */
export async function openTusk(options: OpenTuskOptions): Promise<OpenTusk> {
  const { home } = options
  await using stack = new AsyncDisposableStack()
  const config = readConfig(home.path('config.toml'))
  const log = options.log ?? logTo(home)
  // Plugins add to these lists, and take back what they added.
  const engines: Engine[] = [...ownEngines]
  const exporters: Exporter[] = [...ownExporters]
  const steps: PipelineStep[] = []
  const kept = options.scratch === true ? mkdtempSync(join(home.path('tmp'), 'tusk-')) : home.directory
  if (options.scratch === true) stack.defer(() => rmSync(kept, { recursive: true, force: true, maxRetries: 5 }))
  const auth = config['auth.mode'] === 'multi' ? stack.use(openAuth(home.path('auth.db'))) : undefined
  const exportFolders = auth === undefined ? undefined : new ExportFolders(home.path('exports'))
  const connections = new SavedConnections({
    file: home.path('connections.toml'),
    engines,
    secrets: home.secrets,
    ...(auth === undefined || exportFolders === undefined
      ? {}
      : {
          rights: auth.connectionRights,
          people: auth.connectionPeople,
          audit: auth.audit,
          places: { stateDirectory: home.directory, exports: exportFolders },
        }),
  })
  const hosts = stack.use(
    openHosts(home, config, log, {
      moduleOf: (what, name) => plugins.moduleOf(what, name),
      ...(options.hostEntry === undefined ? {} : { entry: options.hostEntry }),
    }),
  )
  const archive = stack.use(new RunArchive(join(kept, 'runs.db')))
  const names = stack.use(new ResultNames(join(kept, 'names.db')))
  const store = stack.use(
    await createResultStore({
      directory: join(kept, 'results'),
      quotaBytes: options.scratch === true ? Number.MAX_SAFE_INTEGER : config['results.quota_mb'] * 1024 * 1024,
      maxAgeMs: config['results.max_age_days'] * 24 * 3_600_000,
      inUse: id => archive.shows(id) || names.keeps(id) || auth?.shares.keeps('result', id) === true,
      ownerOf: id => (auth === undefined ? localActor.id : archive.ownerOf(id)),
      log,
    }),
  )
  const compute = stack.use(createResultCompute({ hosts, store }))
  const history = stack.use(new HistoryDatabase(join(kept, 'history.db')))
  const catalog = stack.use(new CachedCatalog(connections, hosts))
  const sessions = stack.use(
    new TabSessions({
      connections,
      hosts,
      idleMs: config['query.session_idle_minutes'] * 60_000,
      transactionIdleMs: config['query.transaction_idle_seconds'] * 1_000,
      statelessIdleMs: config['hosts.idle_seconds'] * 1_000,
    }),
  )
  const pluginDatasets = new PluginDatasets({
    plugins: () => [auditFeature, ...plugins.running()],
    tuskOf: plugin => (plugin === auditFeature ? pluginTusk(tusk, plugin) : plugins.tuskOf(plugin)),
    hosts,
    results: store,
    sqlite: sqliteEngine,
    databaseFile: id => (id === auditFeature.id ? home.path('auth.db') : home.path('plugins', `${id}.db`)),
  })
  const datasets = new AllDatasets([pluginDatasets, new NamedResults(names, store)])
  const runs = stack.use(
    new ScriptRuns({
      datasets,
      connections,
      sessions,
      results: store,
      catalog,
      history,
      archive,
      log,
      ...(auth === undefined ? {} : { audit: auth.audit }),
      timeoutMs: timeoutSeconds(config) * 1_000,
      maxRows: config['query.max_rows'],
    }),
  )
  const loads = stack.use(
    new Loads({
      connections,
      hosts,
      results: store,
      compute,
      catalog,
      ...(auth === undefined ? {} : { audit: auth.audit }),
    }),
  )
  if (auth !== undefined)
    stack.use(
      endLostWork({
        auth,
        connections,
        work: [runs, loads],
        sessions,
        onError: error => log.warn(error, 'ending lost work'),
      }),
    )
  auth?.belongings.add(
    ...queryBelongings({
      connections,
      runs,
      loads,
      archive,
      results: store,
      history,
      names,
      ...(exportFolders === undefined ? {} : { exportFolders }),
    }),
  )
  const timetable = stack.use(new Timetable(log))
  const plugins = new PluginHost({
    timetable,
    home,
    log,
    discovered:
      options.plugins === false
        ? { packages: [], problems: [] }
        : discoverPlugins({ installed: home.path('plugins'), ...options.plugins }),
    ...(options.plugins === false ? {} : options.plugins),
    tuskVersion: version,
    tusk: () => tusk,
    taken: { ids: [...features, auditFeature].map(({ id }) => id), commands: options.commandNames ?? [] },
    engines,
    exporters,
    steps,
    notify: (event, { title, message, variant }) => log.info({ event, variant, detail: message }, title),
  })
  stack.use(plugins)
  const tusk: Tusk = {
    version,
    stateFile: name => home.path(name),
    log,
    engines,
    exporters,
    connections,
    catalog: new DatasetCatalog(catalog, connections, datasets),
    runs,
    loads,
    results: store,
    resultNames: names,
    compute,
    history,
    hosts,
    steps,
    plugins,
    timetable,
    preferences:
      auth === undefined ? new SinglePreferences(home.path('preferences.toml')) : new PeoplesPreferences(auth.people),
    ...(auth === undefined ? {} : { auth }),
    ...(exportFolders === undefined ? {} : { exportFolders }),
    run: (actor, request, cancellable) => runStatement({ runs, results: store }, actor, request, cancellable),
  }
  await plugins.load()
  const owned = stack.move()
  return { tusk, home, config, log, connections, plugins, datasets, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Adds (unless `anew` is false) or renews a connection that Tusk itself made (samples, the demo server), under a fixed id. */
export async function saveOwnConnection(
  connections: SavedConnections,
  own: { readonly id: string; readonly name: string; readonly engine: string; readonly config: ConnectionConfig },
  anew = true,
): Promise<void> {
  const existing = connections.list(localActor).find(connection => connection.id === own.id)
  if (existing === undefined && !anew) return
  if (existing === undefined) await connections.create(localActor, { ...own, sample: true })
  else await connections.update(localActor, own.id, { ...own, name: existing.name, readOnly: existing.readOnly })
}

/** Seconds a statement may take: the setting, or TUSK_QUERY_TIMEOUT. */
function timeoutSeconds(config: Config): number {
  const environment = process.env.TUSK_QUERY_TIMEOUT
  const seconds = environment === undefined || environment === '' ? Number.NaN : Number(environment)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : config['query.timeout']
}
