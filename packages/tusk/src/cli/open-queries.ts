import { realpathSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { engines } from '../engines/index.ts'
import { TuskError } from '../errors.ts'
import type { Exporter } from '../export/exporter.ts'
import { exporters } from '../export/index.ts'
import { readConfig } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { absolutePath } from '../home/paths.ts'
import type { HostPool } from '../host/host-pool.ts'
import type { Datasets } from '../query/datasets.ts'
import type { ResultStore } from '../results/result-store.ts'

/** What a command needs to run SQL, beside a studio that may be running on the same state directory. */
export interface OpenQueries extends AsyncDisposable {
  /** Tusk's own and those of plugins. */
  readonly engines: readonly Engine[]
  readonly exporters: readonly Exporter[]
  readonly hosts: HostPool
  /** Empty, without a quota, gone in the end. */
  readonly results: ResultStore
  /** Absent without plugins. */
  readonly datasets?: Datasets
}

export interface OpenQueriesOptions {
  readonly home: Home
  /** Folders of plugins to load as well. */
  readonly folders?: readonly string[]
  /** Without any plugin. */
  readonly withoutPlugins?: boolean
}

/** The values of `--plugin` and `--no-plugins`. */
export function pluginOptions(
  values: Readonly<Record<string, string | boolean | undefined>>,
): Pick<OpenQueriesOptions, 'folders' | 'withoutPlugins'> {
  return {
    folders: typeof values.plugin === 'string' ? values.plugin.split(',').map(absolutePath) : [],
    withoutPlugins: values['no-plugins'] === true,
  }
}

/**
 * Starts no host. Plugins are imported and checked, not started. Where there is none, only the few rooms are opened that SQL needs:
 * most calls are short, and the whole Tusk would be a third of their time.
 */
export async function openQueries({
  home,
  folders = [],
  withoutPlugins = false,
}: OpenQueriesOptions): Promise<OpenQueries> {
  const { discoverPlugins } = await import('../plugins/discover.ts')
  const { packages, problems } = withoutPlugins
    ? { packages: [], problems: [] }
    : discoverPlugins({ installed: home.path('plugins'), folders })
  const [problem] = problems.filter(({ folder }) => folders.includes(folder))
  if (problem !== undefined) throw problem.error
  return packages.length === 0 ? await openWithoutPlugins(home) : await openWithPlugins(home, folders)
}

async function openWithoutPlugins(home: Home): Promise<OpenQueries> {
  const { openHosts, logTo } = await import('../open-hosts.ts')
  const { createResultStore } = await import('../results/create-result-store.ts')
  await using stack = new AsyncDisposableStack()
  const log = logTo(home)
  const directory = await mkdtemp(join(home.path('tmp'), 'query-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  const hosts = stack.use(openHosts(home, readConfig(home.path('config.toml')), log))
  const results = stack.use(
    await createResultStore({
      directory,
      quotaBytes: Number.MAX_SAFE_INTEGER,
      maxAgeMs: Number.MAX_SAFE_INTEGER,
      log,
    }),
  )
  const owned = stack.move()
  return { engines, exporters, hosts, results, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function openWithPlugins(home: Home, folders: readonly string[]): Promise<OpenQueries> {
  const { openTusk } = await import('../tusk.ts')
  const { commandNames } = await import('./command-table.ts')
  const open = await openTusk({ home, scratch: true, commandNames, plugins: { folders } })
  const asked = folders.map(folder => realpathSync(folder))
  const failed = open.plugins.list().find(({ state, folder }) => state === 'failed' && asked.includes(folder))
  if (failed?.error !== undefined) {
    await open[Symbol.asyncDispose]()
    throw TuskError.fromJSON(failed.error)
  }
  const { engines, exporters, hosts, results } = open.tusk
  return {
    engines,
    exporters,
    hosts,
    results,
    datasets: open.datasets,
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  }
}
