import type { ApiError } from '../../../ui/web/api.ts'
import type { ScriptPart } from '../../../ui/web/editor/what-runs.ts'
import type { WireRun, WireRunRequest, WireStatement } from '../../../wire.ts'
import { failureOf } from './failure-of.ts'
import { Observable } from './observable.ts'
import { type OpenEvents, watchRun } from './run-watch.ts'
import type { StudioApi } from './studio-api.ts'
import type { Tabs } from './tabs.ts'

export interface TabRun {
  readonly run: WireRun | undefined
  /** Asked for, but the server has not answered yet. */
  readonly starting: boolean
  readonly cancelling: boolean
  /** The run could not be started at all. */
  readonly failure: ApiError | undefined
  /** When this window saw the run begin, for a clock that runs (performance.now). */
  readonly since: number
}

/** How a script is to be run. */
export type HowToRun = Pick<WireRunRequest, 'onError' | 'explain' | 'commit' | 'isolation' | 'values'>

const idle: TabRun = { run: undefined, starting: false, cancelling: false, failure: undefined, since: 0 }

export interface RunsOptions {
  readonly api: Pick<StudioApi, 'startRun' | 'runs' | 'cancelRun' | 'runEventsAddress'>
  readonly tabs: Tabs
  readonly openEvents: OpenEvents
  readonly onFailure: (failure: ApiError) => void
  /** The server wants to know whether the person has seen what will be lost. Absent: it is not lost. */
  readonly onConfirm?: (failure: ApiError) => Promise<boolean>
}

/** Runs of the tabs: starts, follows and cancels them. Nothing is started but by `start`. */
export class Runs {
  readonly #options: RunsOptions
  readonly #states = new Map<string, Observable<TabRun>>()
  readonly #watches = new Map<string, AbortController>()

  constructor(options: RunsOptions) {
    this.#options = options
  }

  of(key: string): Observable<TabRun> {
    let state = this.#states.get(key)
    if (state === undefined) {
      state = new Observable<TabRun>(idle)
      this.#states.set(key, state)
    }
    return state
  }

  running(key: string): boolean {
    const state = this.of(key).value
    return state.starting || state.run?.state === 'running'
  }

  /** Takes up the run that the server says is the tab's last. */
  found(key: string, run: WireRun): void {
    const state = this.of(key)
    if (state.value.run?.id === run.id) return
    state.value = { ...idle, run, since: performance.now() - run.milliseconds }
    this.#watch(key, run)
  }

  /**
   * Starts a run; how it goes is in the tab's state. False when the tab still works on another one. A run whose statements are all
   * over is waited for: its last rows are on the screen a moment before its end is. What a person does not confirm is not run.
   */
  async start(key: string, connectionId: string, part: ScriptPart, how: HowToRun = {}): Promise<boolean> {
    if (!(await this.#isFree(key))) return false
    const state = this.of(key)
    const shown = state.value
    state.value = { ...idle, run: shown.run, starting: true, since: performance.now() }
    const answered = new AbortController()
    try {
      const tabId = await this.#options.tabs.idOf(key)
      void this.#findEarly(key, tabId, answered.signal)
      const { sql, offset } = part
      const run = await this.#startConfirmed({ connectionId, sql, offset, tabId, onError: 'stop', ...how })
      if (run === undefined) {
        answered.abort()
        state.value = { ...shown, starting: false, cancelling: false }
        return true
      }
      answered.abort()
      const found = state.value.run?.id === run.id
      // What the events said meanwhile is newer than the answer.
      state.value = { ...state.value, starting: false, ...(found ? {} : { run }) }
      this.#options.tabs.setRun(key, run)
      if (!found) this.#watch(key, run)
      await this.#cancelIfAsked(key)
    } catch (error) {
      answered.abort()
      this.#watches.get(key)?.abort()
      state.value = { ...state.value, run: undefined, starting: false, cancelling: false, failure: failureOf(error) }
    }
    return true
  }

  /**
   * Runs one statement in the tab's session without taking the place of the run that is shown; only its transaction changes.
   * Undefined when it could not be started: `onFailure` was told, or the tab still works on another run.
   */
  async aside(key: string, connectionId: string, sql: string): Promise<WireRun | undefined> {
    if (!(await this.#isFree(key))) return undefined
    const { api, tabs, openEvents, onFailure } = this.#options
    const state = this.of(key)
    const shown = state.value
    state.value = { ...shown, starting: true, since: performance.now() }
    let ended: WireRun | undefined
    try {
      ended = await api.startRun({ connectionId, sql, tabId: await tabs.idOf(key), aside: true })
      const onChange = (run: WireRun): void => {
        ended = run
      }
      if (ended.state === 'running') {
        await watchRun(
          ended,
          { address: api.runEventsAddress(ended.id), openEvents, onChange },
          new AbortController().signal,
        )
      }
    } catch (error) {
      onFailure(failureOf(error))
    }
    const run = shown.run && ended ? { ...shown.run, transaction: ended.transaction } : shown.run
    state.value = { ...shown, run }
    if (run !== undefined) tabs.setRun(key, run)
    return ended
  }

  /** Cancels what runs in the tab. A run that is on its way to the server is cancelled as soon as it is known there. */
  async cancel(key: string): Promise<void> {
    const state = this.of(key)
    const { run, starting, cancelling } = state.value
    if (cancelling || !(starting || run?.state === 'running')) return
    state.value = { ...state.value, cancelling: true }
    if (!starting) await this.#cancelIfAsked(key)
  }

  forget(key: string): void {
    this.#watches.get(key)?.abort()
    this.#watches.delete(key)
    this.#states.delete(key)
  }

  destroy(): void {
    for (const watch of this.#watches.values()) watch.abort()
    this.#watches.clear()
  }

  /** Undefined: it was to be confirmed, and was not. */
  async #startConfirmed(request: WireRunRequest): Promise<WireRun | undefined> {
    const { api, onConfirm } = this.#options
    try {
      return await api.startRun(request)
    } catch (error) {
      const failure = failureOf(error)
      if (failure.error.code !== 'CONFIRMATION_NEEDED' || onConfirm === undefined) throw error
      return (await onConfirm(failure)) ? await api.startRun({ ...request, confirmed: true }) : undefined
    }
  }

  /**
   * The answer to the start comes when the first columns are known, which may take as long as the query. Until then the run is
   * looked for in the list, so that it can be seen and cancelled.
   */
  async #findEarly(key: string, tabId: string, answered: AbortSignal): Promise<void> {
    const state = this.of(key)
    for (let pause = 150; !answered.aborted; pause = Math.min(pause * 2, 2_000)) {
      await sleep(pause)
      if (answered.aborted) return
      const runs = await this.#options.api.runs(answered).catch(() => [])
      const run = runs.find(other => other.tabId === tabId && other.state === 'running')
      if (run === undefined || answered.aborted || run.id === state.value.run?.id) continue
      state.value = { ...state.value, run, starting: false }
      this.#watch(key, run)
      await this.#cancelIfAsked(key)
      return
    }
  }

  /** False while a statement of the tab is still to be done; waits where only the end of its run has not been heard of. */
  async #isFree(key: string): Promise<boolean> {
    const state = this.of(key)
    const { run, starting } = state.value
    if (starting) return false
    if (run?.state !== 'running') return true
    if (!run.statements.every(isOver)) return false
    await new Promise<void>(resolve => {
      const stop = state.onChange(({ run: now }) => {
        if (now?.state === 'running' && now.id === run.id) return
        stop()
        resolve()
      })
    })
    return !this.running(key)
  }

  async #cancelIfAsked(key: string): Promise<void> {
    const state = this.of(key)
    const { run, cancelling } = state.value
    if (!cancelling) return
    if (run?.state !== 'running') {
      state.value = { ...state.value, cancelling: false }
      return
    }
    try {
      await this.#options.api.cancelRun(run.id)
    } catch (error) {
      state.value = { ...state.value, cancelling: false }
      this.#options.onFailure(failureOf(error))
    }
  }

  #watch(key: string, run: WireRun): void {
    this.#watches.get(key)?.abort()
    const { api, openEvents, tabs } = this.#options
    const state = this.of(key)
    const onChange = (changed: WireRun): void => {
      const running = changed.state === 'running'
      state.value = { ...state.value, run: changed, cancelling: state.value.cancelling && running }
      if (!running) tabs.setRun(key, changed)
    }
    if (run.state !== 'running') return
    const controller = new AbortController()
    this.#watches.set(key, controller)
    void watchRun(run, { address: api.runEventsAddress(run.id), openEvents, onChange }, controller.signal)
  }
}

function isOver({ state }: WireStatement): boolean {
  return state !== 'waiting' && state !== 'running' && state !== 'storing'
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
