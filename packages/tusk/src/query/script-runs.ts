import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Actor } from '../auth/actor.ts'
import type { Audit } from '../auth/audit.ts'
import type { Notice } from '../engine/connection.ts'
import type { Dialect } from '../engine/dialect.ts'
import type { Cancellable } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import type { ResultStore } from '../results/result-store.ts'
import type { WireRun, WireRunEvent, WireSession } from '../wire.ts'
import type { CachedCatalog } from './cached-catalog.ts'
import type { Connections, ResolvedConnection } from './connections.ts'
import type { Datasets } from './datasets.ts'
import type { History } from './history.ts'
import type { RunArchive } from './run-archive.ts'
import type { RunAtWork, RunScript, Runs } from './runs.ts'
import { ScriptRun } from './script-run.ts'
import { type ScriptStep, scriptSteps } from './script-steps.ts'
import { beginFor, canUndo, undoLater } from './session-commands.ts'
import type { SessionLease, TabSessions, WorkAtHand } from './tab-sessions.ts'

export interface ScriptRunsOptions {
  readonly connections: Connections
  readonly sessions: TabSessions
  readonly results: ResultStore
  readonly catalog: CachedCatalog
  readonly history: History
  readonly archive: RunArchive
  readonly log: Logger
  /** Where runs are on record; absent in single mode. The SQL is in the history, not there. */
  readonly audit?: Pick<Audit, 'add'>
  /** For engines whose sessions can read results. */
  readonly datasets?: Datasets
  /** Tusk's own deadline for each statement; 0: none. */
  readonly timeoutMs: number
  /** Rows stored of each result; 0: no limit. */
  readonly maxRows: number
}

/** Finished runs that stay in memory; older ones come from the archive. */
const FINISHED_IN_MEMORY = 50

export class ScriptRuns implements Runs {
  readonly #options: ScriptRunsOptions
  readonly #runs = new Map<string, ScriptRun>()

  constructor(options: ScriptRunsOptions) {
    this.#options = options
  }

  async start(
    actor: Actor,
    request: RunScript,
    { signal, answerWithinMs }: Cancellable & { readonly answerWithinMs?: number } = {},
  ): Promise<WireRun> {
    const connection = this.#options.connections.resolve(actor, request.connectionId)
    const steps = scriptSteps(connection, request)
    if (request.aside !== true) this.#checkConcurrent(actor)
    const id = randomUUID()
    // First of all: what cannot be put on record does not run.
    this.#options.audit?.add(actor, {
      action: 'run',
      target: connection.name,
      details: {
        run: id,
        connection: connection.id,
        engine: connection.engine.id,
        statements: steps.length,
        ...(connection.environment === 'production' && request.confirmed === true ? { confirmed: true } : {}),
      },
    })
    const run = new ScriptRun(
      actor,
      {
        id,
        connectionId: connection.id,
        connectionName: connection.name,
        engine: connection.engine.id,
        ...(request.tabId === undefined || request.aside === true ? {} : { tabId: request.tabId }),
      },
      steps.map(({ statement, explain }) => ({ ...statement, ...(explain === undefined ? {} : { explain }) })),
      request.offset ?? 0,
      connection.readOnly,
    )
    const cancel = (): void => run.abort.abort(new TuskError('QUERY_CANCELLED'))
    signal?.addEventListener('abort', cancel, { once: true })
    void run.ended.promise.then(() => signal?.removeEventListener('abort', cancel))
    if (signal?.aborted === true) cancel()
    // Listed while its session is being opened, so that it can be cancelled then too.
    this.#runs.set(id, run)
    const answer = Promise.withResolvers<void>()
    let answered = false
    const timer =
      answerWithinMs === undefined
        ? undefined
        : setTimeout(() => {
            answered = true
            answer.resolve()
          }, answerWithinMs)
    this.#begin(run, steps, connection, request, () => answered).then(answer.resolve, answer.reject)
    try {
      await answer.promise
    } finally {
      clearTimeout(timer)
    }
    return run.snapshot()
  }

  /** Until the first columns are known. Throws what kept the session from being opened, unless somebody knows of the run already. */
  async #begin(
    run: ScriptRun,
    steps: readonly ScriptStep[],
    connection: ResolvedConnection,
    request: RunScript,
    isKnown: () => boolean,
  ): Promise<void> {
    const save = (): void => this.#record(run, 0, () => this.#options.archive.save(run.actor, run.snapshot()))
    let lease: SessionLease
    try {
      lease = await this.#lease(run, request, connection)
    } catch (error) {
      const cancelled = run.abort.signal.aborted
      if (!cancelled && !isKnown()) {
        this.#runs.delete(run.id)
        run.end()
        throw error
      }
      // Nothing was sent: a run like any other that was cancelled, or failed.
      run.fail(0, cancelled ? new TuskError('QUERY_CANCELLED') : TuskError.from(error))
      run.end()
      save()
      this.#record(run, undefined, () => this.#auditEnd(run, connection, steps.length))
      return
    }
    save()
    void this.#execute(run, steps, connection, lease, request)
    await run.firstColumns.promise
  }

  get(actor: Actor, id: string): WireRun {
    const run = this.#runs.get(id)
    if (run !== undefined && run.actor.id === actor.id) return run.snapshot()
    const archived = this.#options.archive.get(actor, id)
    if (archived === undefined) throw new TuskError('NOT_FOUND', 'There is no such run.')
    return archived
  }

  list(actor: Actor): readonly WireRun[] {
    return [...this.#runs.values()]
      .filter(run => run.actor.id === actor.id)
      .sort((one, other) => other.startedAt.getTime() - one.startedAt.getTime())
      .map(run => run.snapshot())
  }

  lastOfTabs(actor: Actor): ReadonlyMap<string, WireRun> {
    const runs = new Map(this.#options.archive.lastOfTabs(actor))
    for (const run of this.list(actor).toReversed()) if (run.tabId !== undefined) runs.set(run.tabId, run)
    return runs
  }

  async cancel(actor: Actor, id: string): Promise<void> {
    const run = this.#runs.get(id)
    if (run === undefined || run.actor.id !== actor.id) {
      this.get(actor, id) // NOT_FOUND when it never was; a run that is over needs no cancelling.
      return
    }
    run.abort.abort(new TuskError('QUERY_CANCELLED'))
    await run.ended.promise
  }

  atWork(): readonly RunAtWork[] {
    return [...this.#runs.values()]
      .filter(run => run.running)
      .map(run => {
        const { id, engine, startedAt, milliseconds, statements } = run.snapshot()
        const { id: owner, name } = run.actor
        const sum = (of: 'rowCount' | 'byteCount'): number => statements.reduce((total, one) => total + one[of], 0)
        return {
          id,
          owner: { id: owner, name },
          engine,
          startedAt,
          milliseconds,
          rowCount: sum('rowCount'),
          byteCount: sum('byteCount'),
        }
      })
  }

  async end(id: string, reason: string): Promise<void> {
    const run = this.#runs.get(id)
    if (run?.running !== true) throw new TuskError('NOT_FOUND', 'This run is over.')
    run.abort.abort(new TuskError('QUERY_CANCELLED', reason))
    await run.ended.promise
  }

  /** Cancels the runs of which `lost` gives a reason; the reason is the error of their statements. */
  cancelLost(lost: (work: WorkAtHand) => string | undefined): void {
    for (const run of this.#runs.values()) {
      if (!run.running || run.abort.signal.aborted) continue
      const reason = lost(run)
      if (reason === undefined) continue
      run.abort.abort(new TuskError('QUERY_CANCELLED', reason))
    }
  }

  async *events(actor: Actor, id: string, signal: AbortSignal): AsyncIterable<WireRunEvent> {
    const run = this.#runs.get(id)
    if (run !== undefined && run.actor.id === actor.id) {
      yield* run.events(signal)
      return
    }
    const archived = this.get(actor, id)
    yield { event: 'run', data: archived }
    yield { event: 'end', data: archived }
  }

  session(actor: Actor, tabId: string, connectionId: string): WireSession {
    return this.#options.sessions.look(actor, tabId, connectionId)
  }

  async reconnect(actor: Actor, tabId: string, connectionId: string, signal: AbortSignal): Promise<WireSession> {
    const { sessions } = this.#options
    await sessions.reset(actor, tabId, connectionId)
    const lease = await sessions.acquire(actor, tabId, connectionId, signal)
    lease[Symbol.dispose]()
    return sessions.look(actor, tabId, connectionId)
  }

  async closeTab(actor: Actor, tabId: string): Promise<void> {
    const running = [...this.#runs.values()].filter(
      run => run.actor.id === actor.id && run.running && run.snapshot().tabId === tabId,
    )
    await Promise.all(running.map(run => this.cancel(actor, run.id)))
    await this.#options.sessions.closeTab(actor, tabId)
    this.#options.archive.removeTab(actor, tabId)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = [...this.#runs.values()].filter(run => run.running)
    for (const run of running) run.abort.abort(new TuskError('QUERY_CANCELLED', 'Tusk was stopped.'))
    await Promise.all(running.map(run => run.ended.promise))
  }

  #checkConcurrent(actor: Actor): void {
    const { concurrentRuns } = actor.signedIn?.limits ?? {}
    const running = [...this.#runs.values()].filter(run => run.actor.id === actor.id && run.running).length
    if (concurrentRuns === undefined || running < concurrentRuns) return
    throw new TuskError('TOO_MANY', 'You run as much at the same time as your groups allow.', {
      detail: `Running: ${running}, allowed: ${concurrentRuns}.`,
      hint: 'Wait until something has ended, or cancel it.',
    })
  }

  async #lease(run: ScriptRun, request: RunScript, connection: ResolvedConnection): Promise<SessionLease> {
    // A run without a tab gets a session of its own under the run's id, closed when it ends.
    const lease = await this.#options.sessions.acquire(
      run.actor,
      request.tabId ?? run.id,
      connection.id,
      AbortSignal.any([run.abort.signal, AbortSignal.timeout(60_000)]),
    )
    run.sessionNote = lease.note
    run.transaction = lease.session.transaction
    return lease
  }

  async #execute(
    run: ScriptRun,
    steps: readonly ScriptStep[],
    connection: ResolvedConnection,
    lease: SessionLease,
    request: RunScript,
  ): Promise<void> {
    const { dialect } = connection.engine
    let schemaChanged = false
    for (const [index, step] of steps.entries()) {
      const kind = dialect.classify(step.sql)
      if (kind === 'session') lease.keep()
      await this.#statement(run, index, step, connection, lease, request)
      lease.settled()
      schemaChanged ||= kind === 'ddl'
      run.transaction = lease.session.transaction
      this.#record(run, index, () => this.#options.archive.save(run.actor, run.snapshot()))
      const { state, error } = run.statement(index)
      if (run.abort.signal.aborted || state === 'cancelled') break
      if (state === 'failed' && (request.onError !== 'continue' || sessionGone(error?.code))) break
    }
    if (schemaChanged) this.#options.catalog.invalidate(run.actor, connection.id)
    lease[Symbol.dispose]()
    if (request.tabId === undefined) await this.#options.sessions.closeTab(run.actor, run.id)
    run.end()
    this.#record(run, undefined, () => this.#options.archive.save(run.actor, run.snapshot()))
    this.#record(run, undefined, () => this.#auditEnd(run, connection, steps.length))
    this.#forgetOld()
  }

  #auditEnd(run: ScriptRun, connection: ResolvedConnection, statements: number): void {
    const ended = Array.from({ length: statements }, (_, index) => run.statement(index))
    const done = ended.every(({ state }) => state === 'complete' || state === 'truncated')
    this.#options.audit?.add(run.actor, {
      action: 'run.end',
      target: connection.name,
      outcome: done ? 'done' : 'failed',
      details: { run: run.id, rows: ended.reduce((sum, { rowCount }) => sum + rowCount, 0) },
    })
  }

  /** Runs one statement exactly once; how it ended is in the run, never thrown. */
  async #statement(
    run: ScriptRun,
    index: number,
    step: ScriptStep,
    connection: ResolvedConnection,
    lease: SessionLease,
    { parameters: given, commit, isolation, values }: RunScript,
  ): Promise<void> {
    const sent = step.bound?.sql ?? step.sql
    const parameters = step.bound?.parameters ?? given
    const { results } = this.#options
    const limits = run.actor.signedIn?.limits ?? {}
    const timeoutMs = stricter(this.#options.timeoutMs, (limits.seconds ?? 0) * 1_000)
    const maxRows = stricter(this.#options.maxRows, limits.rows ?? 0)
    const { resultMegabytes } = limits
    const startedAt = new Date().toISOString()
    const signal = run.abort.signal
    run.begin(index)
    try {
      signal.throwIfAborted()
      const undoes = step.undone && canUndo(connection.engine.dialect, lease.session)
      if (step.undone && !undoes) refuseUnlessReading(step, connection.engine.dialect)
      const pending = await results.create({
        owner: run.actor.id,
        provenance: {
          sql: step.sql,
          engine: connection.engine.id,
          connectionId: connection.id,
          connectionName: connection.name,
          startedAt,
          ...(undoes ? { rolledBack: true } : {}),
        },
      })
      try {
        const { engine } = connection
        await using mounted = await this.#options.datasets?.mountFor(run.actor, engine, lease.session, sent, {
          signal,
        })
        if (commit === 'manual' && !step.undone)
          await beginFor(step.sql, engine.dialect, lease.session, { isolation, signal })
        await using undone = undoes ? await undoLater(engine.dialect, lease.session, { signal }) : undefined
        const placed = (error: TuskError): TuskError =>
          placedBy(step.bound?.positionOf, placedBy(mounted?.positionOf, error))
        const hostRun = await lease.session
          .run(
            {
              sql: mounted?.sql ?? sent,
              ...(parameters === undefined || parameters.length === 0 ? {} : { parameters }),
              directory: pending.directory,
              room: pending.room,
              ...(maxRows === 0 ? {} : { maxRows }),
              ...(resultMegabytes === undefined ? {} : { maxBytes: resultMegabytes * 2 ** 20 }),
              timeoutMs,
              onNotice: notice => run.notice(index, notice),
              onProgress: progress => {
                pending.progress(progress)
                run.update(index, progress)
              },
            },
            { signal },
          )
          .catch((error: unknown) => {
            throw placed(TuskError.from(error))
          })
        pending.started(hostRun.schema)
        run.update(index, { state: 'storing', resultId: pending.id, schema: hostRun.schema })
        // From here on there is something to find, even when Tusk is killed.
        this.#record(run, index, () => this.#options.archive.save(run.actor, run.snapshot()))
        const { error: raw, transaction: _, ...ended } = await hostRun.done
        const error = raw === undefined ? undefined : placed(raw)
        const outcome = error?.code === 'RESULT_QUOTA' ? ({ ...ended, state: 'truncated' } as const) : ended
        await pending.finish({ ...outcome, ...(error === undefined ? {} : { error }) })
        await undone?.[Symbol.asyncDispose]()
        run.update(index, { ...outcome, ...(undone === undefined ? {} : { rolledBack: true }) })
        if (undone !== undefined) run.notice(index, rolledBackNotice)
        if (error !== undefined) {
          run.update(index, { error: (run.whyCancelled(error) ?? error).toJSON() })
          if (outcome.state === 'failed') run.fail(index, error, step.shift)
        }
      } catch (error) {
        // No columns came: there is no result to keep.
        await pending.finish({ state: 'failed', rowCount: 0, byteCount: 0, error: TuskError.from(error) })
        await results.remove(run.actor.id, pending.id)
        throw error
      }
    } catch (error) {
      run.fail(index, TuskError.from(error), step.shift)
    }
    this.#remember(run, index, step, connection, startedAt, step.bound === undefined ? undefined : values)
  }

  #remember(
    run: ScriptRun,
    index: number,
    { sql }: ScriptStep,
    connection: ResolvedConnection,
    startedAt: string,
    values: RunScript['values'],
  ): void {
    const { state, milliseconds, rowCount, affectedRows, error, resultId } = run.statement(index)
    const entry = {
      sql,
      connectionId: connection.id,
      connectionName: connection.name,
      engine: connection.engine.id,
      startedAt,
      milliseconds,
      rowCount: affectedRows !== undefined && rowCount === 0 ? affectedRows : rowCount,
      state: state === 'complete' || state === 'truncated' || state === 'cancelled' ? state : 'failed',
      ...(error === undefined ? {} : { error: error.message }),
      ...(resultId === undefined ? {} : { resultId }),
      ...(values === undefined ? {} : { values }),
    } as const
    this.#record(run, index, () => void this.#options.history.add(run.actor, entry))
  }

  /** Writes down what happened. When that cannot be done (a full disk, a damaged file) the work goes on and the person is told. */
  #record(run: ScriptRun, index: number | undefined, write: () => void): void {
    try {
      write()
    } catch (error) {
      const known = TuskError.from(error)
      this.#options.log.error({ run: run.id, err: known }, 'a run could not be written down')
      if (index === undefined) return
      const { notices } = run.statement(index)
      const message = `This run is not kept after Tusk stops: ${known.message}`
      if (!notices.some(notice => notice.message === message))
        run.notice(index, {
          severity: 'warning',
          message,
          ...(known.detail === undefined ? {} : { detail: known.detail }),
          ...(known.hint === undefined ? {} : { hint: known.hint }),
        })
    }
  }

  #forgetOld(): void {
    const finished = [...this.#runs.values()].filter(run => !run.running)
    for (const run of finished.slice(0, Math.max(0, finished.length - FINISHED_IN_MEMORY))) this.#runs.delete(run.id)
  }
}

const rolledBackNotice: Notice = {
  severity: 'info',
  message: 'The statement was carried out in a transaction that was rolled back: it changed nothing.',
}

/** CONFLICT for what may write and could not be undone: an open transaction that cannot be rolled back to this place. */
function refuseUnlessReading({ statement }: ScriptStep, dialect: Dialect): void {
  const from = dialect.explain?.explained(statement.text)?.from ?? 0
  if (dialect.classify(statement.text.slice(from)) === 'select') return
  throw new TuskError('CONFLICT', 'The statement may write, and could not be undone in the open transaction.', {
    hint: 'COMMIT or ROLLBACK first; then it is measured in a transaction of its own that is rolled back.',
  })
}

function sessionGone(code: string | undefined): boolean {
  return code === 'HOST_DIED' || code === 'CONNECTION_LOST' || code === 'SESSION_LOST'
}

/** Of two limits, where 0 is none. */
function stricter(one: number, other: number): number {
  return one === 0 || other === 0 ? Math.max(one, other) : Math.min(one, other)
}

/** The error at the place in the text that the person wrote, when another one was run. */
function placedBy(positionOf: ((position: number) => number) | undefined, error: TuskError): TuskError {
  const { position } = error
  if (positionOf === undefined || position === undefined) return error
  return new TuskError(error.code, error.message, {
    position: positionOf(position),
    cause: error,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.sourceCode === undefined ? {} : { sourceCode: error.sourceCode }),
  })
}
