import type { ApiError } from '../../../ui/web/api.ts'
import type { ScriptPart } from '../../../ui/web/editor/what-runs.ts'
import type { WireRun } from '../../../wire.ts'
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

const idle: TabRun = { run: undefined, starting: false, cancelling: false, failure: undefined, since: 0 }

export interface RunsOptions {
  readonly api: Pick<StudioApi, 'startRun' | 'cancelRun' | 'runEventsAddress'>
  readonly tabs: Tabs
  readonly openEvents: OpenEvents
  readonly onFailure: (failure: ApiError) => void
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

  async start(key: string, connectionId: string, part: ScriptPart): Promise<void> {
    if (this.running(key)) return
    const state = this.of(key)
    state.value = { ...idle, run: state.value.run, starting: true, since: performance.now() }
    try {
      const tabId = await this.#options.tabs.idOf(key)
      const run = await this.#options.api.startRun({ connectionId, sql: part.sql, offset: part.offset, tabId })
      state.value = { ...state.value, run, starting: false }
      this.#options.tabs.setRun(key, run)
      this.#watch(key, run)
    } catch (error) {
      state.value = { ...state.value, starting: false, failure: failureOf(error) }
    }
  }

  async cancel(key: string): Promise<void> {
    const state = this.of(key)
    const { run } = state.value
    if (run?.state !== 'running' || state.value.cancelling) return
    state.value = { ...state.value, cancelling: true }
    try {
      await this.#options.api.cancelRun(run.id)
    } catch (error) {
      state.value = { ...state.value, cancelling: false }
      this.#options.onFailure(failureOf(error))
    }
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
