import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Engine } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import type { Exporter } from '../export/exporter.ts'
import { StateDatabase } from '../home/database.ts'
import type { Home } from '../home/home.ts'
import type { Timetable } from '../jobs/timetable.ts'
import type { PipelineStep } from '../pipeline/step.ts'
import { accessTrouble } from './access.ts'
import { checkPlugin } from './check-plugin.ts'
import type { CliCommand } from './cli-command.ts'
import type { Discovered, PluginPackage } from './discover.ts'
import type { Job } from './job.ts'
import { forgetModules, shareTusk } from './module-hooks.ts'
import type { Notification } from './notification.ts'
import type { TuskPlugin } from './plugin.ts'
import { PluginConfigFile } from './plugin-config.ts'
import { PluginStates } from './plugin-states.ts'
import { pluginTusk } from './plugin-tusk.ts'
import type { PluginInfo, PluginSettings, Plugins } from './plugins.ts'
import { providedBy } from './provided-by.ts'
import type { PluginStorage, PluginTusk, Tusk } from './tusk.ts'
import { within } from './within.ts'

export interface PluginHostOptions {
  readonly home: Home
  readonly discovered: Discovered
  readonly log: Logger
  readonly tuskVersion: string
  /** Asked once plugins are loaded. */
  readonly tusk: () => Tusk
  /** Ids of the built-in features, and names of the built-in commands. */
  readonly taken: { readonly ids: readonly string[]; readonly commands: readonly string[] }
  /** Lists that what plugins bring is added to, and taken from. */
  readonly engines: Engine[]
  readonly exporters: Exporter[]
  readonly steps: PipelineStep[]
  readonly notify?: (event: string, notification: Notification) => void
  readonly timetable: Timetable
  /** Default 10 s. */
  readonly importMs?: number
  readonly startMs?: number
}

/** Makes a plugin's pages, files and jobs available while Tusk serves; disposing takes them back. May refuse: PLUGIN_FAILED. */
export type MountPlugin = (plugin: TuskPlugin, tusk: PluginTusk) => Promise<AsyncDisposable>

interface Entry {
  readonly package: PluginPackage
  /** The plugin's, once it is known. */
  id: string
  state: PluginInfo['state']
  error?: TuskError | undefined
  plugin?: TuskPlugin | undefined
  config?: PluginConfigFile | undefined
  running?: { readonly tusk: PluginTusk; readonly stack: AsyncDisposableStack } | undefined
}

/**
 * Loads, starts and stops plugins. Whatever one of them does wrong (throws, hangs, has the id of another) is in its info; Tusk goes on
 * (R41). Only code that never gives the thread back stops Tusk: `tusk studio --no-plugins` starts without.
 */
export class PluginHost implements Plugins, AsyncDisposable {
  readonly #options: PluginHostOptions
  readonly #states: PluginStates
  readonly #entries: Entry[]
  readonly #problems: readonly PluginInfo[]
  readonly #mounts: MountPlugin[] = []
  #serving = false
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: PluginHostOptions) {
    this.#options = options
    this.#states = new PluginStates(options.home.path('plugins.toml'))
    this.#entries = options.discovered.packages.map(found => ({
      package: found,
      id: likelyId(found.packageName),
      state: this.#states.isDisabled(found.packageName) ? 'disabled' : 'failed',
    }))
    this.#problems = options.discovered.problems.map(({ packageName, folder, error }) => ({
      id: likelyId(packageName),
      name: packageName,
      version: '',
      description: '',
      state: 'failed',
      error: error.toJSON(),
      source: 'folder',
      folder,
      packageName,
      provides: [],
      permissions: [],
      hasConfig: false,
    }))
  }

  /** Imports what is enabled: after this their engines, exporters, steps, datasets and commands are known. Nothing is started. */
  async load(): Promise<void> {
    await Promise.all(this.#entries.filter(({ state }) => state !== 'disabled').map(entry => this.#load(entry)))
    // In order of discovery, so that of two plugins with one id the same one wins each time.
    for (const entry of this.#entries) if (entry.plugin !== undefined) this.#accept(entry, entry.plugin)
  }

  /** Starts all that were loaded, at once, each within its deadline. */
  async start(): Promise<void> {
    this.#serving = true
    await Promise.all(this.#entries.filter(entry => entry.plugin !== undefined).map(entry => this.#start(entry)))
  }

  /** From now on, for those that run and those that will. */
  async connect(mount: MountPlugin): Promise<void> {
    this.#mounts.push(mount)
    for (const entry of this.#entries) if (entry.running !== undefined) await this.#mount(entry, [mount])
  }

  list(): readonly PluginInfo[] {
    return [...this.#entries.map(infoOf), ...this.#problems].sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  get(id: string): PluginInfo {
    const info = this.list().find(one => one.id === id || one.packageName === id)
    if (info === undefined)
      throw new TuskError('NOT_FOUND', `There is no plugin “${id}”.`, { hint: 'tusk plugins list' })
    return info
  }

  running(): readonly TuskPlugin[] {
    return this.#entries
      .filter(entry => entry.running !== undefined || (!this.#serving && entry.plugin !== undefined))
      .flatMap(({ plugin }) => (plugin === undefined ? [] : [plugin]))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  enable(id: string): Promise<PluginInfo> {
    return this.#inTurn(async () => {
      const entry = this.#entry(id)
      await this.#states.setDisabled(entry.package.packageName, false)
      if (entry.running === undefined) await this.#bringUp(entry)
      return infoOf(entry)
    })
  }

  disable(id: string): Promise<PluginInfo> {
    return this.#inTurn(async () => {
      const entry = this.#entry(id)
      await this.#states.setDisabled(entry.package.packageName, true)
      await this.#takeDown(entry)
      entry.state = 'disabled'
      entry.error = undefined
      return infoOf(entry)
    })
  }

  /** The plugin's files have changed: it is stopped and its code is read again. */
  reload(id: string): Promise<PluginInfo> {
    return this.#inTurn(async () => {
      const entry = this.#entry(id)
      await this.#takeDown(entry)
      forgetModules(entry.package.folder)
      await this.#bringUp(entry)
      return infoOf(entry)
    })
  }

  config(id: string): PluginSettings {
    return this.#config(id).settings
  }

  async changeConfig(
    id: string,
    values: Readonly<Record<string, string | number | boolean | null>>,
  ): Promise<PluginSettings> {
    const config = this.#config(id)
    await config.change(values)
    return config.settings
  }

  /** The module that a process which owns databases has to import to have this engine or exporter; undefined: it is Tusk's own. */
  moduleOf(what: 'engine' | 'exporter', name: string): string | undefined {
    return this.#entries.find(({ plugin }) =>
      what === 'engine'
        ? plugin?.engines?.some(engine => engine.id === name)
        : plugin?.exporters?.some(exporter => exporter.format === name),
    )?.package.entry
  }

  commands(): readonly { readonly command: CliCommand; readonly plugin: TuskPlugin }[] {
    return this.#entries.flatMap(({ plugin }) =>
      (plugin?.commands ?? []).map(command => ({ command, plugin: plugin as TuskPlugin })),
    )
  }

  /** Tusk as a plugin that runs got it. In a command, where nothing is started: its storage and settings are opened at the first call. */
  tuskOf(plugin: TuskPlugin): PluginTusk {
    const entry = this.#entry(plugin.id)
    entry.running ??= this.#open(entry, plugin)
    return entry.running.tusk
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.catch(() => undefined)
    await Promise.all(this.#entries.map(entry => this.#takeDown(entry)))
  }

  async #bringUp(entry: Entry): Promise<void> {
    await this.#load(entry)
    if (entry.plugin === undefined) return
    this.#accept(entry, entry.plugin)
    if (this.#serving) await this.#start(entry)
    else if (entry.plugin !== undefined) entry.state = 'running'
  }

  async #load(entry: Entry): Promise<void> {
    const { importMs = 10_000 } = this.#options
    shareTusk()
    await this.#orFail(entry, async () => {
      const module = (await within(importMs, 'Importing it', () => import(entry.package.entry))) as {
        default?: unknown
      }
      entry.plugin = (module.default ?? {}) as TuskPlugin
    })
  }

  /** Checks it beside those that are there, and lists what it brings. */
  #accept(entry: Entry, plugin: TuskPlugin): void {
    const { engines, exporters, steps, taken, tuskVersion } = this.#options
    const others = this.#entries.filter(one => one !== entry && one.plugin !== undefined && one.state === 'running')
    try {
      checkPlugin(plugin, entry.package.folder, tuskVersion, {
        ids: [...taken.ids, ...others.map(({ id }) => id)],
        engines: engines.map(engine => engine.id),
        formats: [...exporters.map(exporter => exporter.format), 'parquet', 'table'],
        steps: steps.map(step => step.kind),
        commands: [...taken.commands, ...others.flatMap(one => one.plugin?.commands?.map(({ name }) => name) ?? [])],
      })
    } catch (error) {
      this.#failed(entry, error)
      return
    }
    entry.id = plugin.id
    entry.state = 'running'
    entry.error = undefined
    engines.push(...(plugin.engines ?? []))
    exporters.push(...(plugin.exporters ?? []))
    steps.push(...(plugin.steps ?? []))
  }

  async #start(entry: Entry): Promise<void> {
    const { plugin } = entry
    const { startMs = 10_000 } = this.#options
    if (plugin === undefined) return
    await this.#orFail(entry, async () => {
      entry.running ??= this.#open(entry, plugin)
      const { tusk, stack } = entry.running
      const started = await within(startMs, 'Its start', async () => plugin.start?.(tusk))
      if (started !== undefined && started !== null) stack.use(started)
      for (const job of plugin.jobs ?? []) stack.use(this.#schedule(plugin, job, tusk))
    })
    if (entry.running !== undefined) await this.#mount(entry, this.#mounts)
  }

  #open(entry: Entry, plugin: TuskPlugin): { tusk: PluginTusk; stack: AsyncDisposableStack } {
    const { home, tusk, notify } = this.#options
    const stack = new AsyncDisposableStack()
    let storage: (PluginStorage & Disposable) | undefined
    if (plugin.migrations !== undefined)
      storage = stack.use(StateDatabase.open(home.path('plugins', `${plugin.id}.db`), plugin.migrations))
    if (plugin.config !== undefined)
      entry.config = new PluginConfigFile({
        file: home.path('plugins', `${plugin.id}.toml`),
        label: plugin.id,
        fields: plugin.config,
        secrets: home.secrets,
      })
    const stateFile = (name: string): string => {
      const directory = home.path('plugins', plugin.id)
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      return join(directory, name)
    }
    return {
      stack,
      tusk: pluginTusk(tusk(), plugin, {
        storage,
        config: entry.config,
        stateFile,
        ...(notify === undefined ? {} : { notify }),
      }),
    }
  }

  #schedule(plugin: TuskPlugin, job: Job, tusk: PluginTusk): AsyncDisposable {
    const { id, label, schedule, deadlineMs = 600_000 } = job
    return this.#options.timetable.add({
      id: `${plugin.id}/${id}`,
      label,
      schedule,
      deadlineMs,
      run: signal => job.run(tusk, { signal }),
    })
  }

  async #mount(entry: Entry, mounts: readonly MountPlugin[]): Promise<void> {
    const { plugin, running } = entry
    const { startMs = 10_000 } = this.#options
    if (plugin === undefined || running === undefined) return
    await this.#orFail(entry, async () => {
      for (const mount of mounts)
        running.stack.use(await within(startMs, 'Adding its pages', () => mount(plugin, running.tusk)))
    })
  }

  async #orFail(entry: Entry, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      await this.#takeDown(entry)
      this.#failed(entry, error)
    }
  }

  #failed(entry: Entry, error: unknown): void {
    const known = error instanceof TuskError && error.code !== 'INTERNAL' ? error : inPlugin(error)
    entry.state = 'failed'
    entry.error = known
    entry.plugin = undefined
    this.#options.log.warn(
      { plugin: entry.package.packageName, err: error },
      `the plugin ${entry.id} failed: ${known.message}`,
    )
  }

  /** What it brought is gone; a stop that throws or hangs is put on record. */
  async #takeDown(entry: Entry): Promise<void> {
    const { plugin, running } = entry
    entry.running = undefined
    entry.plugin = undefined
    entry.config = undefined
    if (plugin !== undefined) {
      const { engines, exporters, steps } = this.#options
      remove(engines, plugin.engines)
      remove(exporters, plugin.exporters)
      remove(steps, plugin.steps)
    }
    try {
      await within(5_000, 'Its stop', async () => running?.stack.disposeAsync())
    } catch (error) {
      this.#options.log.warn({ plugin: entry.id, err: error }, `the plugin ${entry.id} did not stop well`)
    }
  }

  #entry(id: string): Entry {
    const { packageName } = this.get(id)
    const entry = this.#entries.find(one => one.package.packageName === packageName)
    if (entry === undefined) throw TuskError.fromJSON(this.get(id).error ?? { code: 'PLUGIN_FAILED', message: id })
    return entry
  }

  #config(id: string): PluginConfigFile {
    const { config } = this.#entry(id)
    if (config === undefined)
      throw new TuskError('NOT_FOUND', `The plugin “${id}” has no settings.`, {
        hint: 'A plugin has to be enabled to be set.',
      })
    return config
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work, work)
    this.#queue = done.catch(() => undefined)
    return done
  }
}

function infoOf({ package: found, id, state, error, plugin }: Entry): PluginInfo {
  const trouble = plugin === undefined ? undefined : accessTrouble(plugin)
  const href = plugin?.tab === undefined ? undefined : (plugin.tab.href ?? `/p/${id}`)
  return {
    id,
    name: plugin?.name ?? id,
    version: plugin?.version ?? found.version,
    description: plugin?.description ?? found.description,
    state,
    ...(error === undefined ? {} : { error: error.toJSON() }),
    ...(trouble === undefined ? {} : { trouble: trouble.toJSON() }),
    source: found.source,
    folder: found.folder,
    packageName: found.packageName,
    ...(plugin?.requires === undefined ? {} : { requires: plugin.requires }),
    ...(href === undefined ? {} : { href }),
    provides: plugin === undefined ? [] : providedBy(plugin),
    permissions: plugin?.permissions ?? [],
    hasConfig: plugin?.config !== undefined,
  }
}

/** What a plugin is probably called, before it is imported: `@team/tusk-plugin-sales` → `sales`. */
function likelyId(packageName: string): string {
  return packageName.replace(/^@[^/]+\//, '').replace(/^tusk-(plugin-)?|^plugin-/, '')
}

function inPlugin(error: unknown): TuskError {
  return new TuskError('PLUGIN_FAILED', error instanceof Error ? error.message : String(error), {
    ...(error instanceof Error && error.stack !== undefined ? { detail: firstFrame(error.stack) } : {}),
    cause: error,
  })
}

/** Where in the plugin it happened. */
function firstFrame(stack: string): string {
  return (
    stack
      .split('\n')
      .find(line => line.trim().startsWith('at '))
      ?.trim() ?? ''
  )
}

function remove<T>(list: T[], items: readonly T[] | undefined): void {
  for (const item of items ?? []) {
    const index = list.indexOf(item)
    if (index !== -1) list.splice(index, 1)
  }
}
