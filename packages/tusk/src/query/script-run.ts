import type { Actor } from '../auth/actor.ts'
import type { Notice } from '../engine/connection.ts'
import { TuskError } from '../errors.ts'
import type { WireRun, WireRunEvent, WireStatement } from '../wire.ts'

/** At most this many notices are kept of one statement; the rest are counted. */
const NOTICES = 1_000
/** Changed statements are sent to a watcher at most this often. */
const EVENT_INTERVAL_MS = 100

type RunHead = Pick<WireRun, 'id' | 'connectionId' | 'connectionName' | 'engine' | 'tabId'>

/** The living state of one run, with those who watch it. Pure bookkeeping: it starts nothing. */
export class ScriptRun {
  readonly actor: Actor
  /** Whether nothing could be written when it began. */
  readonly readOnly: boolean
  readonly abort = new AbortController()
  readonly #head: RunHead
  readonly #startedAt = new Date()
  readonly #began = performance.now()
  readonly #statements: StatementState[]
  #state: WireRun['state'] = 'running'
  #transaction: WireRun['transaction'] = 'none'
  #sessionNote: string | undefined
  #milliseconds: number | undefined
  #revision = 0
  #changed = Promise.withResolvers<void>()
  /** Settles when the first statement's columns are known or the run is over. */
  readonly firstColumns = Promise.withResolvers<void>()
  readonly ended = Promise.withResolvers<void>()

  constructor(
    actor: Actor,
    head: RunHead,
    statements: readonly { from: number; to: number; text: string; explain?: WireStatement['explain'] }[],
    offset: number,
    readOnly: boolean,
  ) {
    this.actor = actor
    this.readOnly = readOnly
    this.#head = head
    this.#statements = statements.map((statement, index) => ({
      revision: 0,
      began: undefined,
      offset: offset + statement.from,
      dropped: 0,
      wire: {
        index,
        from: offset + statement.from,
        to: offset + statement.to,
        sql: statement.text,
        state: 'waiting',
        rowCount: 0,
        byteCount: 0,
        milliseconds: 0,
        notices: [],
        ...(statement.explain === undefined ? {} : { explain: statement.explain }),
      },
    }))
  }

  get connectionId(): string {
    return this.#head.connectionId
  }

  get id(): string {
    return this.#head.id
  }

  get running(): boolean {
    return this.#state === 'running'
  }

  get startedAt(): Date {
    return this.#startedAt
  }

  set sessionNote(note: string | undefined) {
    this.#sessionNote = note
    this.#touch()
  }

  set transaction(transaction: WireRun['transaction']) {
    this.#transaction = transaction
  }

  begin(index: number): void {
    this.#at(index).began = performance.now()
    this.update(index, { state: 'running' })
  }

  update(index: number, change: Partial<WireStatement>): void {
    const statement = this.#at(index)
    statement.wire = { ...statement.wire, ...change, milliseconds: elapsed(statement) }
    if (statement.wire.rowCount > 0 && statement.wire.firstRowsMilliseconds === undefined)
      statement.wire = { ...statement.wire, firstRowsMilliseconds: elapsed(statement) }
    this.#touch(statement)
    if (change.schema !== undefined) this.firstColumns.resolve()
  }

  notice(index: number, notice: Notice): void {
    const statement = this.#at(index)
    const { notices } = statement.wire
    if (notices.length < NOTICES)
      statement.wire = { ...statement.wire, notices: [...notices, { ...notice, at: new Date().toISOString() }] }
    else {
      statement.dropped++
      const last: Notice = {
        severity: 'info',
        message: `${statement.dropped.toLocaleString('en')} more messages were dropped.`,
      }
      statement.wire = { ...statement.wire, notices: [...notices.slice(0, NOTICES), last] }
    }
    this.#touch(statement)
  }

  /** `shift`: where the statement begins in the text that the error's position counts in, if not at its start; negative when more was sent. */
  fail(index: number, error: TuskError, shift = 0): void {
    const statement = this.#at(index)
    const cancelled = error.code === 'QUERY_CANCELLED'
    this.update(index, {
      state: cancelled ? 'cancelled' : 'failed',
      error: (this.whyCancelled(error) ?? error).toJSON(),
      ...(error.position === undefined ? {} : { errorAt: statement.offset + Math.max(0, error.position + shift) }),
    })
  }

  /** What the run was cancelled with, when `error` says no more than that it was. */
  whyCancelled({ code }: TuskError): TuskError | undefined {
    const { reason } = this.abort.signal
    return code === 'QUERY_CANCELLED' && reason instanceof TuskError ? reason : undefined
  }

  statement(index: number): WireStatement {
    return this.#at(index).wire
  }

  end(): void {
    for (const [index, statement] of this.#statements.entries())
      if (statement.wire.state === 'waiting') this.update(index, { state: 'skipped' })
    const states = new Set(this.#statements.map(statement => statement.wire.state))
    this.#state = states.has('cancelled') ? 'cancelled' : states.has('failed') ? 'failed' : 'complete'
    this.#milliseconds = performance.now() - this.#began
    this.firstColumns.resolve()
    this.ended.resolve()
    this.#touch()
  }

  snapshot(): WireRun {
    return {
      ...this.#head,
      state: this.#state,
      startedAt: this.#startedAt.toISOString(),
      milliseconds: round(this.#milliseconds ?? performance.now() - this.#began),
      statements: this.#statements.map(current),
      transaction: this.#transaction,
      ...(this.#sessionNote === undefined ? {} : { sessionNote: this.#sessionNote }),
    }
  }

  /** The whole run, then what changes, then its end. */
  async *events(signal: AbortSignal): AsyncGenerator<WireRunEvent> {
    const gone = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
    let seen = this.#revision
    yield { event: 'run', data: this.snapshot() }
    while (!signal.aborted) {
      if (!this.running) {
        yield { event: 'end', data: this.snapshot() }
        return
      }
      if (this.#revision === seen) {
        await Promise.race([this.#changed.promise, gone])
        continue
      }
      const since = seen
      seen = this.#revision
      for (const statement of this.#statements)
        if (statement.revision > since) yield { event: 'statement', data: current(statement) }
      await pause(EVENT_INTERVAL_MS, this.ended.promise, gone)
    }
  }

  #at(index: number): StatementState {
    const statement = this.#statements[index]
    if (statement === undefined) throw new RangeError(`no statement ${index}`)
    return statement
  }

  #touch(statement?: StatementState): void {
    this.#revision++
    if (statement !== undefined) statement.revision = this.#revision
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers()
    resolve()
  }
}

interface StatementState {
  revision: number
  began: number | undefined
  readonly offset: number
  dropped: number
  wire: WireStatement
}

function current(statement: StatementState): WireStatement {
  const { state } = statement.wire
  return state === 'running' || state === 'storing'
    ? { ...statement.wire, milliseconds: elapsed(statement) }
    : statement.wire
}

function elapsed(statement: StatementState): number {
  return statement.began === undefined ? 0 : round(performance.now() - statement.began)
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}

async function pause(milliseconds: number, ...earlier: readonly Promise<void>[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  await Promise.race([promise, ...earlier])
  clearTimeout(timer)
}
