import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { TuskError } from '../errors.ts'
import type { StoringRoom } from '../results/storing-room.ts'
import { minimalEnvironment } from './minimal-environment.ts'
import { parentPipe } from './parent-watch.ts'
import type { CallEvent, FromHost, HostCall, HostCalls, HostMethod, ToHost } from './protocol.ts'

export interface HostProcessOptions {
  readonly entry: URL
  readonly tempDirectory: string
  /** What relative paths in SQL are relative to. */
  readonly workingDirectory: string
  /** Where hosts keep compiled code for the next ones. */
  readonly compileCache: string
  readonly log: Logger
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: (event: CallEvent) => void
  /** Where the host asks before it takes more of the disk. */
  readonly room?: StoringRoom | undefined
  /** How long after aborting the process is killed when it has not answered; absent: never. */
  readonly killAfterMs?: number
}

/** A host process seen from its parent: calls, and its end. */
export class HostProcess {
  readonly pid: number
  readonly startedAt = new Date()
  readonly tempDirectory: string
  /** Settles (never rejects) when the process is gone and all it had said is heard: HOST_DIED. */
  readonly ended: Promise<TuskError>
  readonly #child: ChildProcess
  readonly #log: Logger
  readonly #pending = new Map<number, PendingCall>()
  readonly #lastWords: string[] = []
  readonly #ready = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<TuskError>()
  #calls = 0
  #loggedLines = 0
  #endedWith: TuskError | undefined
  #ending = false
  #killReason: string | undefined

  constructor(options: HostProcessOptions) {
    this.tempDirectory = options.tempDirectory
    this.#log = options.log
    this.#child = spawn(
      process.execPath,
      [...heapOptions, '--disable-warning=ExperimentalWarning', fileURLToPath(options.entry)],
      {
        cwd: options.workingDirectory,
        env: minimalEnvironment(options.tempDirectory, options.compileCache),
        stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
        serialization: 'advanced',
        windowsHide: true,
      },
    )
    this.pid = this.#child.pid ?? 0
    this.ended = this.#ended.promise
    const startTimer = setTimeout(() => this.kill('it did not start'), startLimitMs)
    this.#ready.promise.catch(() => undefined).finally(() => clearTimeout(startTimer))
    this.#child.on('message', message => this.#receive(message as FromHost))
    this.#child.once('error', error => this.#end(error.message))
    this.#child.once('exit', (code, signal) => this.#exited(code, signal))
    // An unread pipe would block the host once it is full.
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line !== '') this.#heard(line)
    })
    // Nothing is ever written to it; its end tells the host that this process is gone.
    this.#child.stdio[parentPipe]?.on('error', () => undefined)
    // Only its start, and calls that wait, keep this process from ending: its hosts end with it.
    for (const stream of this.#child.stdio) if (stream instanceof Socket) stream.unref()
  }

  /** Resolves when the process has started and can be called; rejects when it ended before. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get alive(): boolean {
    return this.#endedWith === undefined
  }

  /** What the process writes to its standard output: the bytes of an export. To be read to its end. */
  takeOutput(): Readable {
    const output = this.#child.stdout!
    if (output instanceof Socket) output.ref()
    return output
  }

  /** Lets what is written to the standard output go. */
  discardOutput(): void {
    this.#child.stdout?.resume()
  }

  /**
   * Rejects with what the host says, with HOST_DIED, or, when `signal` aborts, with its reason (QUERY_CANCELLED unless that is a
   * TuskError): the host is asked to stop and the call rejects once it has, or once it was killed for not answering.
   */
  async call<Method extends HostMethod>(
    method: Method,
    takes: HostCalls[Method]['takes'],
    options: CallOptions = {},
  ): Promise<HostCalls[Method]['gives']> {
    const { signal } = options
    if (signal?.aborted) throw abortError(signal)
    if (this.#endedWith !== undefined) throw this.#endedWith
    const call = ++this.#calls
    const answer = Promise.withResolvers<unknown>()
    this.#pending.set(call, { answer, onEvent: options.onEvent, room: options.room })
    this.#keepWaiting(true)
    let killTimer: NodeJS.Timeout | undefined
    const abort = (): void => {
      this.#send({ kind: 'cancel', call, reason: abortError(signal!).toJSON() })
      if (options.killAfterMs === undefined) return
      killTimer = setTimeout(() => this.kill('it did not stop what it was asked to stop'), options.killAfterMs)
    }
    signal?.addEventListener('abort', abort, { once: true })
    try {
      this.#send({ kind: 'call', call, method, takes } as HostCall)
      return (await answer.promise) as HostCalls[Method]['gives']
    } finally {
      signal?.removeEventListener('abort', abort)
      clearTimeout(killTimer)
      this.#pending.delete(call)
      if (this.#pending.size === 0) this.#keepWaiting(false)
    }
  }

  /** Asks the process to close what it has and end, and kills it when it has not within `graceMs`. */
  async exit(graceMs: number): Promise<void> {
    if (this.#endedWith !== undefined) return
    this.#killReason ??= 'it was ended'
    // Who waits for the end must live to see it: a killed child alone keeps no process going (exit code 13).
    this.#ending = true
    this.#keepWaiting(true)
    this.#send({ kind: 'exit' })
    const timer = setTimeout(() => this.kill('it was ended'), graceMs)
    await this.ended
    clearTimeout(timer)
  }

  kill(reason: string): void {
    this.#killReason ??= reason
    this.#child.kill('SIGKILL')
  }

  #keepWaiting(wanted: boolean): void {
    if (wanted) {
      this.#child.ref()
      this.#child.channel?.ref()
    } else if (!this.#ending) {
      this.#child.unref()
      this.#child.channel?.unref()
    }
  }

  #send(message: ToHost): void {
    if (!this.#child.connected) return
    // A process that is going away no longer listens; how it ended reaches the caller by `ended`.
    this.#child.send(message, error => {
      if (error !== null) this.#log.debug({ pid: this.pid, error: error.message }, 'host no longer listens')
    })
  }

  #receive(message: FromHost): void {
    switch (message.kind) {
      case 'ready':
        this.#ready.resolve()
        if (this.#pending.size === 0) this.#keepWaiting(false)
        return
      case 'answer':
        this.#pending.get(message.call)?.answer.resolve(message.value)
        return
      case 'failure':
        this.#pending.get(message.call)?.answer.reject(TuskError.fromJSON(message.error))
        return
      case 'event':
        this.#pending.get(message.call)?.onEvent?.(message.event)
        return
      case 'wants':
        void this.#grant(message.call, message.bytes)
        return
      default:
        message satisfies never
    }
  }

  async #grant(call: number, wanted: number): Promise<void> {
    const room = this.#pending.get(call)?.room
    try {
      this.#send({ kind: 'granted', call, bytes: (await room?.grant(wanted)) ?? 0 })
    } catch (error) {
      this.#pending.get(call)?.answer.reject(TuskError.from(error))
    }
  }

  #heard(line: string): void {
    // Of a stack trace only the message says something to a person.
    if (!/^\s*(at .*|[{}^~]*|Node\.js v.*)$/.test(line)) this.#lastWords.push(line.slice(0, 500))
    if (this.#lastWords.length > 10) this.#lastWords.shift()
    if (++this.#loggedLines <= maxLoggedLines) this.#log.warn({ pid: this.pid }, `host: ${line.slice(0, 2_000)}`)
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`
    if (!this.#child.connected) {
      this.#end(how)
      return
    }
    // Messages sent just before the end are still in the channel.
    const giveUp = setTimeout(() => this.#end(how), 500)
    this.#child.once('disconnect', () => {
      clearTimeout(giveUp)
      this.#end(how)
    })
  }

  #end(how: string): void {
    if (this.#endedWith !== undefined) return
    const detail =
      this.#killReason === undefined
        ? [`Process ${this.pid} ended with ${how}.`, ...this.#lastWords.slice(-3)].join('\n')
        : `Process ${this.pid} was stopped because ${this.#killReason}.`
    const error = new TuskError('HOST_DIED', undefined, { detail, hint: 'Run it again: a new process is started.' })
    this.#endedWith = error
    this.#ready.reject(error)
    for (const { answer } of this.#pending.values()) answer.reject(error)
    this.#ended.resolve(error)
  }
}

/** `run-host.ts` says why the first limit is not the small one that heaps start with. */
const heapOptions = ['--max-old-space-size=1024', '--initial-old-space-size=256']
const maxLoggedLines = 200
const startLimitMs = 60_000

interface PendingCall {
  readonly answer: PromiseWithResolvers<unknown>
  readonly onEvent: ((event: CallEvent) => void) | undefined
  readonly room: StoringRoom | undefined
}

/** Why a signal aborted, as an error for people. */
export function abortError(signal: AbortSignal): TuskError {
  return signal.reason instanceof TuskError ? signal.reason : new TuskError('QUERY_CANCELLED')
}
