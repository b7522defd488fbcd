import type { SqlEditor } from '../../../ui/web/editor/editor.ts'
import { editorDialect } from '../../../ui/web/editor/editor-dialect.ts'
import type { ScriptPart } from '../../../ui/web/editor/what-runs.ts'
import { toast } from '../../../ui/web/toast.ts'
import type { WireConnection, WireParameterValues, WireRun } from '../../../wire.ts'
import type { Connections } from './connections.ts'
import { failureOf } from './failure-of.ts'
import { askValues } from './parameters/ask-values.ts'
import { parametersOf } from './parameters/parameters-of.ts'
import { RememberedValues } from './parameters/remembered-values.ts'
import type { HowToRun, Runs, TabRun } from './runs.ts'
import type { SessionWatch } from './session-watch.ts'
import type { TabDesk } from './tab-desk.ts'
import type { StudioTab, Tabs } from './tabs.ts'
import { tellFailure } from './tell.ts'

export interface RunDeskOptions {
  readonly tabs: Tabs
  readonly desk: TabDesk
  readonly runs: Runs
  readonly connections: Connections
  readonly session: SessionWatch
  readonly editor: () => SqlEditor
  readonly onChange: (tabRun: TabRun) => void
  /** A run of the tab in front has begun or ended. */
  readonly onTurn: () => void
  readonly onEnd: (run: WireRun) => void
  /** The database wants the person's own user and password; `again` when they were given. */
  readonly onSignIn: (connection: WireConnection, again: () => void) => void
}

/** Runs of the tab in front: what is started, cancelled and committed there, and what the editor shows of it. */
export class RunDesk {
  readonly #options: RunDeskOptions
  readonly #remembered = new RememberedValues(localStorage)
  #stopRun: () => void = () => {}
  #lastEnd: string | undefined

  constructor(options: RunDeskOptions) {
    this.#options = options
  }

  /** Follows the runs of a tab; the one before is no longer followed here. */
  follow(key: string): void {
    this.#stopRun()
    this.#stopRun = this.#options.runs.of(key).watch(tabRun => this.#changed(tabRun))
  }

  runCurrent(): void {
    const part = this.#options.editor().partAtCursor()
    if (part === undefined) toast({ kind: 'info', title: 'There is no statement at the cursor' })
    else this.run(part)
  }

  runAll(): void {
    const script = this.#options.editor().wholeScript()
    if (script === undefined) toast({ kind: 'info', title: 'The tab holds no statement' })
    else this.run(script)
  }

  /** Shows the plan of the statement at the cursor; `analyze` carries it out, measures it and rolls it back. */
  explain(explain: 'plan' | 'analyze'): void {
    const { editor, tabs, connections } = this.#options
    const part = editor().partAtCursor()
    const connection = connections.get(tabs.activeTab?.connectionId)
    const { noAnalyze } = editorDialect(connection?.engine).sql.explain ?? {}
    if (part === undefined) toast({ kind: 'info', title: 'There is no statement at the cursor' })
    else if (explain === 'analyze' && noAnalyze !== undefined)
      toast({ kind: 'info', title: noAnalyze, detail: 'Explain shows the plan without running the statement.' })
    else this.run(part, explain)
  }

  run(part: ScriptPart, explain?: HowToRun['explain']): void {
    const { tabs, desk, connections, editor } = this.#options
    const tab = tabs.activeTab
    const connection = connections.get(tab?.connectionId)
    if (tab === undefined) return
    if (connection === undefined) {
      toast({ kind: 'warning', title: 'Choose a connection first' })
      return
    }
    desk.takeText()
    editor().showErrors([])
    void this.#start(tab, connection, part, explain)
  }

  /** What is offered when a tab asks for its parameters the next time. */
  remember(tab: StudioTab, values: WireParameterValues): void {
    this.#remembered.keep(tab.id ?? tab.key, values)
  }

  /** Returns whether there was something to cancel. */
  cancel(): boolean {
    const { tabs, runs } = this.#options
    const key = tabs.active.value
    if (key === undefined || !runs.running(key)) return false
    void runs.cancel(key)
    return true
  }

  async reconnect(): Promise<void> {
    try {
      await this.#options.session.reconnect()
      toast({
        kind: 'success',
        title: 'Connected',
        detail: 'It is a new session: settings and temporary tables are gone.',
      })
    } catch (error) {
      tellFailure(failureOf(error), 'The database could not be reached')
    }
  }

  destroy(): void {
    this.#stopRun()
  }

  async #start(
    tab: StudioTab,
    connection: WireConnection,
    part: ScriptPart,
    explain: HowToRun['explain'],
  ): Promise<void> {
    const { runs, onSignIn } = this.#options
    const { levels = [] } = editorDialect(connection.engine).sql.transactions ?? {}
    const level = levels.find(({ id }) => id === tab.isolation)?.id
    const values = await this.#values(tab, connection, part)
    if (values === null) return
    const started = await runs.start(tab.key, connection.id, part, {
      onError: tab.onError,
      ...(values === undefined ? {} : { values }),
      ...(explain === undefined ? {} : { explain }),
      ...(tab.commit === 'auto' ? {} : { commit: tab.commit, ...(level === undefined ? {} : { isolation: level }) }),
    })
    if (started && runs.of(tab.key).value.failure?.error.code === 'CREDENTIALS_REQUIRED')
      onSignIn(connection, () => void this.#start(tab, connection, part, explain))
    // Also where nothing began: what was not confirmed is not running.
    this.#options.onTurn()
    if (!started)
      toast({
        kind: 'info',
        title: 'This tab is still running',
        detail: 'Wait for its end, cancel it with Escape, or run this in another tab (Alt+N).',
      })
  }

  /** Undefined: the script has no parameters; null: the person gives them no values, and nothing is to run. */
  async #values(
    tab: StudioTab,
    connection: WireConnection,
    part: ScriptPart,
  ): Promise<WireParameterValues | undefined | null> {
    const names = parametersOf(part.sql, editorDialect(connection.engine).sql)
    if (names.length === 0) return undefined
    const values = await askValues(names, this.#remembered.of(tab.id ?? tab.key))
    if (values === undefined) return null
    this.#remembered.keep(tab.id ?? tab.key, values)
    return values
  }

  #changed(tabRun: TabRun): void {
    const { session, onChange, onTurn, onEnd } = this.#options
    onChange(tabRun)
    if (tabRun.failure !== undefined) void session.look()
    const { run } = tabRun
    if (run === undefined) return
    const state = `${run.id} ${run.state}`
    if (state === this.#lastEnd) return
    this.#lastEnd = state
    onTurn()
    if (run.state === 'running') return
    session.ran(run.connectionId, run.transaction)
    this.#markErrors(run)
    onEnd(run)
  }

  /** Only where the text still is what ran. */
  #markErrors(run: WireRun): void {
    const editor = this.#options.editor()
    const text = editor.view.state.doc
    const marks = run.statements.flatMap(({ state, error, errorAt, from, to, sql }) =>
      state === 'failed' && error !== undefined && text.sliceString(from, to) === sql
        ? [{ at: errorAt ?? from, message: error.message }]
        : [],
    )
    if (marks.length > 0) editor.showErrors(marks)
  }
}
