import { randomUUID } from 'node:crypto'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import type { Logger } from 'pino'
import type { Cancellable, ConnectionConfig, Engine } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import { HostDirectories } from './host-directories.ts'
import type {
  ConnectionTest,
  ExportRequest,
  HostExport,
  HostInfo,
  HostPool,
  HostSession,
  SessionRequest,
} from './host-pool.ts'
import { abortError, HostProcess } from './host-process.ts'
import { PooledSession } from './pooled-session.ts'
import type { HostCalls } from './protocol.ts'

export interface HostPoolOptions {
  readonly stateDirectory: string
  /** Where relative paths in SQL (`FROM 'sales.csv'`) start. Default: this process's own. */
  readonly workingDirectory?: string
  readonly log: Logger
  /** What a host runs. Default: `host-entry.ts`, with the engines that come with Tusk. */
  readonly entry?: URL
  /** A host without sessions ends after this long. Default 60 s. */
  readonly idleMs?: number
  /** A host that does not stop what it was asked to is killed after this long. Default 2 s. */
  readonly killAfterMs?: number
  /** The same where each session has its own host, which a running statement blocks (SQLite). Default 150 ms. */
  readonly blockedKillAfterMs?: number
  /** How long after the start, and after the last spare was taken, the next spare process is started. Default 2 s; Infinity: none is kept. */
  readonly spareDelayMs?: number
  /** Limits for engines that keep to them. */
  readonly memoryLimitMB?: number
  readonly threads?: number
  /** URL of the plugin's module that brings an engine or an export format; undefined: it is Tusk's own. */
  readonly moduleOf?: (what: 'engine' | 'exporter', name: string) => string | undefined
}

/** Starts no process yet. */
export function createHostPool(options: HostPoolOptions): HostPool {
  return new ProcessPool(options)
}

/** A host that has been given to a database. */
interface Host {
  readonly process: HostProcess
  readonly key: string
  readonly label: string
  readonly engine: string
  sessions: number
  idle: NodeJS.Timeout | undefined
}

class ProcessPool implements HostPool {
  readonly #options: Required<Pick<HostPoolOptions, 'idleMs' | 'killAfterMs' | 'blockedKillAfterMs' | 'spareDelayMs'>> &
    HostPoolOptions
  readonly #directories: HostDirectories
  readonly #hosts = new Map<string, Host>()
  readonly #processes = new Map<HostProcess, { label: string; engine: string | undefined }>()
  #spare: HostProcess | undefined
  #spareTimer: NodeJS.Timeout | undefined
  #sessions = 0
  #disposing: Promise<void> | undefined

  constructor(options: HostPoolOptions) {
    this.#options = { idleMs: 60_000, killAfterMs: 2_000, blockedKillAfterMs: 150, spareDelayMs: 2_000, ...options }
    this.#directories = new HostDirectories(options.stateDirectory)
    this.#directories.sweep().catch(error => options.log.warn({ error }, 'old host directories could not be removed'))
    this.#startSpareLater()
  }

  async openSession(request: SessionRequest, options?: Cancellable): Promise<HostSession> {
    return await this.#openSession(request, options)
  }

  async testConnection(engine: Engine, config: ConnectionConfig, options?: Cancellable): Promise<ConnectionTest> {
    const connectionId = `test-${randomUUID()}`
    // The host is up before the clock starts: the person asks how far away the database is.
    const host = await this.#acquire({ engine, config, connectionId, label: 'test' })
    const started = performance.now()
    try {
      await using session = await this.#open(host, { engine, config, connectionId, label: 'test' }, options)
      const milliseconds = Math.round(performance.now() - started)
      return { milliseconds, ...(session.version === undefined ? {} : { version: session.version }) }
    } finally {
      this.#release(host, 0)
    }
  }

  async export(request: ExportRequest, options: Cancellable = {}): Promise<HostExport> {
    const host = await this.#takeProcess(`export ${request.format}`, undefined)
    if (options.signal?.aborted) {
      host.kill('the export was cancelled')
      throw abortError(options.signal)
    }
    return { bytes: this.#exportBytes(host, request, options) }
  }

  list(): readonly HostInfo[] {
    const sessions = new Map([...this.#hosts.values()].map(host => [host.process, host.sessions]))
    return [...this.#processes].map(([process, { label, engine }]) => ({
      pid: process.pid,
      label,
      engine,
      sessions: sessions.get(process) ?? 0,
      startedAt: process.startedAt,
      spare: process === this.#spare,
    }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposing ??= this.#endAll()
    await this.#disposing
  }

  async #openSession(request: SessionRequest, options?: Cancellable): Promise<PooledSession> {
    const host = await this.#acquire(request)
    try {
      return await this.#open(host, request, options)
    } catch (error) {
      this.#release(host, this.#idleAfter(request.engine))
      throw error
    }
  }

  /** Opens a session in a host that was acquired for it; closing the session releases the host. */
  async #open(host: Host, request: SessionRequest, options: Cancellable = {}): Promise<PooledSession> {
    const { engine, config, label } = request
    const { memoryLimitMB, threads, killAfterMs, blockedKillAfterMs } = this.#options
    const session = ++this.#sessions
    const killAfter = engine.hosting.share === 'session' ? blockedKillAfterMs : killAfterMs
    const opening = host.process.call(
      'open',
      {
        session,
        engine: engine.id,
        ...ofPlugin(this.#options.moduleOf?.('engine', engine.id)),
        config,
        label: label ?? '',
        shared: engine.hosting.share === 'database',
        blocks: engine.hosting.share === 'session',
        tempDirectory: host.process.tempDirectory,
        applicationName: 'Tusk',
        ...(memoryLimitMB === undefined ? {} : { memoryLimitMB }),
        ...(threads === undefined ? {} : { threads }),
      },
      { signal: options.signal, ...(host.sessions === 1 ? { killAfterMs: killAfter } : {}) },
    )
    const { version } = await this.#opened(host, session, opening, killAfter, options.signal)
    return new PooledSession({
      host: host.process,
      session,
      version,
      killAfterMs: killAfter,
      close: async () => {
        await this.#closeSession(host, session, killAfter)
        this.#release(host, this.#idleAfter(engine))
      },
    })
  }

  /** Waits for a session to open, but not longer than `killAfterMs` after an abort: opened later, it is closed at once. */
  async #opened(
    host: Host,
    session: number,
    opening: Promise<HostCalls['open']['gives']>,
    killAfterMs: number,
    signal: AbortSignal | undefined,
  ): Promise<HostCalls['open']['gives']> {
    const overdue = Promise.withResolvers<never>()
    let timer: NodeJS.Timeout | undefined
    const abort = (): void => {
      timer = setTimeout(() => {
        overdue.reject(abortError(signal!))
        void opening.then(() => this.#closeSession(host, session, killAfterMs), noop)
      }, killAfterMs + 100)
    }
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return await Promise.race([opening, overdue.promise])
    } catch (error) {
      throw signal?.aborted ? abortError(signal) : error
    } finally {
      signal?.removeEventListener('abort', abort)
      clearTimeout(timer)
    }
  }

  /** A host that is alone with a session which does not close is killed; one that others use is left to them. */
  async #closeSession(host: Host, session: number, killAfterMs: number): Promise<void> {
    if (!host.process.alive) return
    const overdue = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      if (host.sessions === 1) host.process.kill('its last session did not close')
      overdue.resolve()
    }, killAfterMs)
    const closed = host.process.call('close', { session }).catch((error: unknown) => {
      const known = TuskError.from(error)
      if (known.code !== 'HOST_DIED') this.#options.log.warn({ error: known }, 'a session did not close cleanly')
    })
    await Promise.race([closed, overdue.promise])
    clearTimeout(timer)
  }

  /** The host for a session, started when there is none, and counted as used by it. */
  async #acquire(request: SessionRequest): Promise<Host> {
    const key = keyOf(request)
    let host = this.#hosts.get(key)
    if (host === undefined || !host.process.alive) {
      const label = request.label ?? ''
      const process = this.#claimProcess(label, request.engine.id)
      process.discardOutput()
      host = { process, key, label, engine: request.engine.id, sessions: 0, idle: undefined }
      this.#hosts.set(key, host)
    }
    clearTimeout(host.idle)
    host.sessions++
    try {
      await host.process.ready
    } catch (error) {
      host.sessions--
      throw error
    }
    return host
  }

  #release(host: Host, idleMs: number): void {
    host.sessions--
    if (host.sessions > 0 || !host.process.alive) return
    if (idleMs === 0) {
      void this.#retire(host)
      return
    }
    host.idle = setTimeout(() => void this.#retire(host), idleMs)
    host.idle.unref()
  }

  async #retire(host: Host): Promise<void> {
    if (this.#hosts.get(host.key) === host) this.#hosts.delete(host.key)
    await host.process.exit(this.#options.killAfterMs)
  }

  #idleAfter(engine: Engine): number {
    // A host of one session has nothing to keep warm: a spare is ready sooner than it is needed.
    return engine.hosting.share === 'session' ? 0 : this.#options.idleMs
  }

  async #takeProcess(label: string, engine: string | undefined): Promise<HostProcess> {
    const process = this.#claimProcess(label, engine)
    await process.ready
    return process
  }

  /** The spare process, or a new one. It may not be ready yet. */
  #claimProcess(label: string, engine: string | undefined): HostProcess {
    if (this.#disposing !== undefined) throw new TuskError('INTERNAL', 'Tusk is stopping.')
    const process = this.#spare?.alive ? this.#spare : this.#start()
    if (process === this.#spare) this.#spare = undefined
    this.#processes.set(process, { label, engine })
    this.#startSpareLater()
    return process
  }

  #start(): HostProcess {
    const { entry, log } = this.#options
    const directories = this.#directories
    const tempDirectory = directories.create()
    const process = new HostProcess({
      entry: entry ?? hostEntry,
      tempDirectory,
      workingDirectory: this.#options.workingDirectory ?? globalThis.process.cwd(),
      compileCache: directories.compileCache,
      log,
    })
    this.#processes.set(process, { label: '', engine: undefined })
    void process.ended.then(async error => {
      this.#processes.delete(process)
      for (const host of this.#hosts.values()) if (host.process === process) this.#hosts.delete(host.key)
      if (this.#spare === process) this.#spare = undefined
      log.debug({ pid: process.pid, detail: error.detail }, 'host ended')
      try {
        await directories.remove(tempDirectory)
      } catch (failure) {
        log.warn({ error: failure }, 'a host directory could not be removed')
      }
    })
    return process
  }

  #startSpareLater(): void {
    const { spareDelayMs } = this.#options
    clearTimeout(this.#spareTimer)
    if (this.#spare !== undefined || spareDelayMs === Number.POSITIVE_INFINITY) return
    this.#spareTimer = setTimeout(() => {
      if (this.#disposing !== undefined || this.#spare !== undefined) return
      const spare = this.#start()
      this.#spare = spare
      spare.ready.catch(error => this.#options.log.warn({ error }, 'a spare host did not start'))
    }, spareDelayMs)
    this.#spareTimer.unref()
  }

  #exportBytes(host: HostProcess, request: ExportRequest, { signal }: Cancellable): Readable {
    const { onProgress, ...takes } = request
    const module = ofPlugin(this.#options.moduleOf?.('exporter', request.format))
    const written = host.call(
      'export',
      { ...takes, ...module },
      {
        signal,
        killAfterMs: 0,
        onEvent: event => {
          if (event.kind === 'exported') onProgress?.(event.rows)
        },
      },
    )
    const output = host.takeOutput()
    const bytes = new Readable({
      highWaterMark: 1 << 18,
      read: () => void output.resume(),
      destroy: (error, done) => {
        host.kill('its export is over')
        done(error)
      },
    })
    output.on('data', (chunk: Buffer) => {
      if (!bytes.push(chunk)) output.pause()
    })
    // The host closes its output after its last byte; only both, its end and its word, make a whole file.
    output.once('end', () => void written.then(() => bytes.push(null), noop))
    written.catch((error: unknown) => bytes.destroy(signal?.aborted ? abortError(signal) : TuskError.from(error)))
    return bytes
  }

  async #endAll(): Promise<void> {
    clearTimeout(this.#spareTimer)
    for (const host of this.#hosts.values()) clearTimeout(host.idle)
    await Promise.all([...this.#processes.keys()].map(process => process.exit(this.#options.killAfterMs)))
  }
}

function noop(): void {}

/** Compiled and run as it is, the entry lies beside this file. */
const hostEntry = new URL(`../host-entry${extname(import.meta.url)}`, import.meta.url)

function keyOf({ engine, config, connectionId }: SessionRequest): string {
  switch (engine.hosting.share) {
    case 'connection':
      return `${engine.id}/${connectionId}`
    case 'database':
      return `${engine.id}/${engine.hosting.hostKey(config, connectionId)}`
    case 'session':
      return `${engine.id}/${randomUUID()}`
    default:
      return engine.hosting satisfies never
  }
}

function ofPlugin(module: string | undefined): { readonly module?: string } {
  return module === undefined ? {} : { module }
}
