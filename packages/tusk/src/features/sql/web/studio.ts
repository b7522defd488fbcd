import type { ApiError } from '../../../ui/web/api.ts'
import { confirm } from '../../../ui/web/dialog.ts'
import { h, replace } from '../../../ui/web/dom.ts'
import { createSqlEditor, type EditorDocument, type SqlEditor } from '../../../ui/web/editor/editor.ts'
import { editorDialect } from '../../../ui/web/editor/editor-dialect.ts'
import type { ScriptPart } from '../../../ui/web/editor/what-runs.ts'
import { serverEvents } from '../../../ui/web/events.ts'
import { toast } from '../../../ui/web/toast.ts'
import type { WireConnection, WireRelation, WireRun } from '../../../wire.ts'
import { Catalog } from './catalog.ts'
import { askConflict } from './conflict-dialog.ts'
import { ConnectionActions } from './connection-actions.ts'
import { type ConnectionList, type ConnectionStatus, createConnectionList } from './connection-list.ts'
import { Connections } from './connections.ts'
import { DraftStore } from './draft-store.ts'
import { failureBox } from './failure-box.ts'
import { failureOf } from './failure-of.ts'
import { createHistoryPanel, type HistoryPanel } from './history-panel.ts'
import { runOfResult } from './linked-result.ts'
import { type PopupAnchor, popup } from './popup.ts'
import { nameOnConnection, openRelationMenu } from './relation-menu.ts'
import { ResultActions } from './result-actions.ts'
import { ResultSources } from './result-sources.ts'
import { createResultsPane, type ResultsPane } from './results-pane.ts'
import { createRunBar, type RunBar } from './run-bar.ts'
import { Runs } from './runs.ts'
import { firstScript } from './sample-query.ts'
import { createSchemaTree, type SchemaTree } from './schema-tree.ts'
import { modifier, openShortcuts } from './shortcuts.ts'
import { StudioApi } from './studio-api.ts'
import { studioKeys } from './studio-keys.ts'
import { layOut } from './studio-layout.ts'
import { createTabStrip, type TabStrip } from './tab-strip.ts'
import { type StudioTab, Tabs } from './tabs.ts'
import { tellFailure } from './tell.ts'

const activeTabKey = 'tusk.studio.tab'
const historyOpenKey = 'tusk.studio.history'

/** Puts the parts of the studio together: state on one side, what is on the screen on the other. */
export class Studio {
  readonly #element: HTMLElement
  readonly #api = new StudioApi()
  readonly #connections = new Connections(this.#api)
  readonly #catalog = new Catalog(this.#api)
  readonly #sources = new ResultSources()
  readonly #resultActions = new ResultActions(this.#api, this.#sources)
  readonly #tabs: Tabs
  readonly #runs: Runs
  readonly #editor: SqlEditor
  readonly #documents = new Map<string, EditorDocument>()
  readonly #connectionActions: ConnectionActions
  readonly #connectionList: ConnectionList
  readonly #tree: SchemaTree
  readonly #tabStrip: TabStrip
  readonly #runBar: RunBar
  readonly #results: ResultsPane
  readonly #history: HistoryPanel
  readonly #abort = new AbortController()
  readonly #stops: (() => void)[] = []
  #shownKey: string | undefined
  #watchedConnection: string | undefined
  #stopSchema: () => void = () => {}
  #stopRun: () => void = () => {}
  #historyOpen = localStorage.getItem(historyOpenKey) === 'open'
  #lastEnd: string | undefined
  #textTimer: ReturnType<typeof setTimeout> | undefined

  constructor(element: HTMLElement) {
    this.#element = element
    this.#tabs = new Tabs({
      api: this.#api,
      drafts: new DraftStore(localStorage),
      onConflict: async (mine, saved) => {
        const choice = await askConflict(mine, saved)
        if (choice !== 'mine') this.#documents.delete(mine.key)
        if (choice !== 'mine' && this.#shownKey === mine.key) this.#shownKey = undefined
        return choice
      },
      onFailure: failure => tellFailure(failure, 'The tab could not be saved'),
    })
    this.#runs = new Runs({
      api: this.#api,
      tabs: this.#tabs,
      openEvents: serverEvents,
      onFailure: failure => tellFailure(failure, 'The query could not be cancelled'),
    })
    const editorBox = h('div', { class: 'studio-editor', id: 'studio-editor', role: 'tabpanel', label: 'SQL' })
    const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce
    this.#editor = createSqlEditor(editorBox, {
      ...(nonce === undefined ? {} : { nonce }),
      placeholder: `Write SQL. ${modifier}+Enter runs the statement at the cursor, Ctrl+Space completes.`,
      onRun: part => this.#run(part),
      onRunAll: part => this.#run(part),
      onCancel: () => this.#cancel(),
      onChange: () => this.#textChanged(),
      onBlur: () => {
        this.#takeText()
        void this.#tabs.saveAll()
      },
    })
    this.#connectionActions = new ConnectionActions({
      api: this.#api,
      connections: this.#connections,
      catalog: this.#catalog,
      current: () => this.#tabs.activeTab?.connectionId,
      onUse: connection => this.#useConnection(connection.id),
      onNewTab: connection => this.#openTab({ connectionId: connection.id }),
      onSaved: (connection, isNew) => {
        // Its schema is read anew, as from another connection.
        this.#watchedConnection = undefined
        this.#tree.show(undefined)
        if (isNew) this.#useConnection(connection.id)
        this.#draw()
      },
    })
    this.#connectionList = createConnectionList({
      connections: this.#connections,
      active: () => this.#tabs.activeTab?.connectionId,
      status: id => this.#statusOf(id),
      onChoose: connection => this.#useConnection(connection.id),
      onAdd: () => this.#connectionActions.add(),
      onMenu: (connection, anchor) => this.#connectionActions.menu(connection, anchor),
    })
    this.#tree = createSchemaTree({
      catalog: this.#catalog,
      onInsertRelation: relation => this.#insertRelation(relation),
      onInsertColumn: column => this.#editor.insert(this.#dialect.quoteIdentifier(column.name)),
      onMenu: (relation, anchor) => this.#relationMenu(relation, anchor),
    })
    this.#tabStrip = createTabStrip({
      connectionOf: tab => this.#connections.get(tab.connectionId),
      isRunning: key => this.#runs.running(key),
      onChoose: key => this.#chooseTab(key),
      onEnter: () => this.#editor.focus(),
      onOpen: () => this.#openTab(),
      onClose: key => this.#closeTab(key),
      onRename: (key, title) => this.#tabs.change(key, { title }),
      onMove: (key, place) => this.#tabs.move(key, place),
      onMenu: (key, anchor) => this.#tabMenu(key, anchor),
    })
    this.#runBar = createRunBar({
      onRun: () => this.#runCurrent(),
      onRunAll: () => this.#runAll(),
      onCancel: () => void this.#cancel(),
      onConnection: anchor => this.#connectionActions.choose(anchor),
      onTransaction: command => this.#endTransaction(command),
      onHistory: () => this.#toggleHistory(),
      onShortcuts: openShortcuts,
      modifier,
    })
    this.#results = createResultsPane({
      sources: this.#sources,
      onGoTo: position => this.#editor.goTo(position),
      actions: this.#resultActions,
      onCancel: () => void this.#cancel(),
      modifier,
    })
    this.#history = createHistoryPanel({
      api: this.#api,
      connections: () => this.#connections.list.value ?? [],
      onOpen: entry => {
        const known = this.#connections.get(entry.connectionId)
        this.#openTab({ sql: entry.sql, connectionId: known?.id ?? this.#tabs.activeTab?.connectionId ?? null })
      },
      onClose: () => this.#toggleHistory(false),
      confirmClear: name =>
        confirm({
          title: name === undefined ? 'Clear the whole history?' : `Clear the history of ${name}?`,
          message: 'The list of statements that were run is deleted. Results and tabs stay.',
          confirmLabel: 'Clear',
          danger: true,
        }),
      onFailure: failure => tellFailure(failure, 'The history could not be changed'),
    })
    this.#stops.push(
      layOut(element, {
        connections: this.#connectionList.dom,
        schema: this.#tree.dom,
        tabs: this.#tabStrip.dom,
        runBar: this.#runBar.dom,
        editor: editorBox,
        results: this.#results.dom,
        history: this.#history.dom,
      }),
    )
    this.#listen()
    this.#toggleHistory(this.#historyOpen)
  }

  /** Reads connections and tabs, and takes up what was open and what still runs. */
  async start(): Promise<void> {
    this.#results.draw(undefined, this.#runs.of('').value)
    const [, tabs] = await Promise.allSettled([this.#connections.load(), this.#tabs.load()])
    if (this.#abort.signal.aborted) return
    if (tabs.status === 'rejected') {
      this.#showLoadFailure(failureOf(tabs.reason))
      return
    }
    if (this.#tabs.list.value.length === 0) this.#openFirstTab()
    for (const tab of this.#tabs.list.value) if (tab.lastRun !== undefined) this.#runs.found(tab.key, tab.lastRun)
    const last = localStorage.getItem(activeTabKey)
    const front = this.#tabs.get(last ?? undefined) ?? this.#tabs.list.value[0]
    this.#chooseTab(this.#tabs.activeTab?.key ?? front?.key)
    this.#editor.focus()
    this.#element.dataset.ready = 'true'
    void this.#openLinkedResult()
  }

  destroy(): void {
    this.#abort.abort()
    this.#stopSchema()
    this.#stopRun()
    this.#leave()
    this.#tabs.destroy()
    this.#runs.destroy()
    this.#tree.destroy()
    this.#runBar.destroy()
    this.#results.destroy()
    this.#history.destroy()
    this.#editor.destroy()
    this.#sources.destroy()
    for (const stop of this.#stops) stop()
  }

  get #connection(): WireConnection | undefined {
    return this.#connections.get(this.#tabs.activeTab?.connectionId)
  }

  get #dialect() {
    return editorDialect(this.#connection?.engine).sql
  }

  #listen(): void {
    const { signal } = this.#abort
    this.#stops.push(
      this.#tabs.list.onChange(() => this.#draw()),
      this.#tabs.active.onChange(() => this.#showTab()),
      this.#tabs.offline.onChange(() => this.#drawBar()),
      this.#connections.list.onChange(() => this.#draw()),
    )
    window.addEventListener('pagehide', () => this.#leave(), { signal })
    document.addEventListener('visibilitychange', () => document.hidden && this.#leave(), { signal })
    window.addEventListener('online', () => void this.#tabs.saveAll(), { signal })
    document.addEventListener(
      'keydown',
      studioKeys({
        newTab: () => this.#openTab(),
        closeTab: () => this.#tabs.active.value !== undefined && this.#closeTab(this.#tabs.active.value),
        goToTab: at => this.#chooseTab(this.#tabs.list.value[at]?.key),
        stepTab: step => this.#stepTab(step),
        refresh: () => this.#tree.refresh(),
        searchSchema: () => this.#tree.focusSearch(),
        history: () => this.#toggleHistory(),
        shortcuts: openShortcuts,
        run: () => this.#runCurrent(),
        runAll: () => this.#runAll(),
        cancel: () => this.#cancel(),
        nextPart: back => this.#nextPart(back),
      }),
      { signal },
    )
  }

  // ---- tabs ------------------------------------------------------------------------------------------------------------

  #openFirstTab(): void {
    const list = this.#connections.list.value ?? []
    const connection = list.find(({ sample }) => sample) ?? list[0]
    this.#tabs.open({ connectionId: connection?.id ?? null, sql: firstScript(connection) })
  }

  #openTab(given: { sql?: string; connectionId?: string | null; title?: string } = {}): StudioTab {
    const active = this.#tabs.activeTab
    const tab = this.#tabs.open({
      connectionId: active?.connectionId ?? this.#connections.list.value?.[0]?.id ?? null,
      ...(active === undefined ? {} : { after: active.key }),
      ...given,
    })
    this.#editor.focus()
    return tab
  }

  #leave(): void {
    this.#takeText()
    this.#tabs.leave()
  }

  #closeTab(key: string): void {
    if (key === this.#shownKey) this.#takeText()
    const tab = this.#tabs.get(key)
    if (tab === undefined) return
    const undo = this.#tabs.close(key)
    this.#documents.delete(key)
    this.#runs.forget(key)
    if (this.#shownKey === key) this.#shownKey = undefined
    if (this.#tabs.list.value.length === 0) this.#openTab()
    this.#editor.focus()
    if (tab.sql.trim() === '') return
    toast({
      kind: 'info',
      title: `“${tab.title}” closed`,
      action: {
        label: 'Undo',
        run: () => {
          undo()
          if (tab.lastRun !== undefined) this.#runs.found(key, tab.lastRun)
        },
      },
    })
  }

  #closeTabs(tabs: readonly StudioTab[]): void {
    for (const tab of tabs) this.#closeTab(tab.key)
  }

  #chooseTab(key: string | undefined): void {
    if (key === undefined || this.#tabs.get(key) === undefined) return
    this.#tabs.active.value = key
    this.#showTab()
  }

  #stepTab(step: number): void {
    const { value: tabs } = this.#tabs.list
    const at = tabs.findIndex(tab => tab.key === this.#tabs.active.value)
    this.#chooseTab(tabs[(at + step + tabs.length) % tabs.length]?.key)
  }

  /** Brings the active tab to the front: its text, connection, run. */
  #showTab(): void {
    const tab = this.#tabs.activeTab
    if (tab === undefined || tab.key === this.#shownKey) {
      this.#draw()
      return
    }
    this.#takeText()
    if (this.#shownKey !== undefined && this.#tabs.get(this.#shownKey) !== undefined) {
      this.#documents.set(this.#shownKey, this.#editor.keepDocument())
    }
    this.#shownKey = tab.key
    const connection = this.#connections.get(tab.connectionId)
    this.#editor.openDocument(
      this.#documents.get(tab.key) ?? this.#editor.newDocument(tab.sql, connection?.engine, keptCursor(tab)),
    )
    this.#stopRun()
    this.#stopRun = this.#runs.of(tab.key).watch(() => this.#runChanged())
    this.#connectionChanged()
    this.#draw()
  }

  /** The text is taken when typing pauses: copying a long script at each key would be felt. */
  #textChanged(): void {
    const first = this.#textTimer === undefined
    clearTimeout(this.#textTimer)
    this.#textTimer = setTimeout(() => this.#takeText(), this.#editor.view.state.doc.length > 200_000 ? 600 : 100)
    if (first) this.#drawBar()
  }

  /** What stands in the editor becomes the tab's text. */
  #takeText(): void {
    if (this.#textTimer === undefined) return
    clearTimeout(this.#textTimer)
    this.#textTimer = undefined
    if (this.#shownKey !== undefined) this.#tabs.change(this.#shownKey, { sql: this.#editor.text })
  }

  #draw(): void {
    const tab = this.#tabs.activeTab
    if (tab !== undefined && tab.key !== this.#shownKey) {
      this.#showTab()
      return
    }
    if (tab !== undefined) localStorage.setItem(activeTabKey, tab.id ?? tab.key)
    this.#tabStrip.draw(this.#tabs.list.value, tab?.key)
    this.#connectionChanged()
    this.#drawBar()
  }

  #drawBar(): void {
    const tab = this.#tabs.activeTab
    this.#runBar.draw({
      connection: this.#connection,
      tabRun: this.#runs.of(tab?.key ?? '').value,
      offline: this.#tabs.offline.value,
      unsaved: tab?.unsaved === true || this.#textTimer !== undefined,
      historyOpen: this.#historyOpen,
    })
  }

  #tabMenu(key: string, anchor: PopupAnchor): void {
    const tab = this.#tabs.get(key)
    if (tab === undefined) return
    const others = this.#tabs.list.value.filter(other => other.key !== key)
    popup(anchor, `Tab ${tab.title}`, [
      { label: 'Rename', shortcut: 'F2', run: () => this.#tabStrip.rename(key) },
      { label: 'Duplicate', run: () => this.#openTab({ sql: tab.sql, connectionId: tab.connectionId }) },
      'separator',
      { label: 'Close', shortcut: 'Alt+W', run: () => this.#closeTab(key) },
      {
        label: 'Close others',
        disabled: others.length === 0,
        run: () => this.#closeTabs(others),
      },
    ])
  }

  // ---- connections -------------------------------------------------------------------------------------------------------

  #useConnection(id: string): void {
    const tab = this.#tabs.activeTab
    if (tab === undefined || tab.connectionId === id) return
    this.#tabs.change(tab.key, { connectionId: id })
  }

  #connectionChanged(): void {
    const connection = this.#connection
    this.#connectionList.draw()
    this.#editor.setEngine(connection?.engine)
    if (connection?.id === this.#watchedConnection) return
    this.#watchedConnection = connection?.id
    this.#stopSchema()
    this.#tree.show(connection?.id)
    this.#stopSchema =
      connection === undefined
        ? () => {}
        : this.#catalog.of(connection.id).watch(schema => {
            this.#editor.setSchema(schema.index)
            this.#connectionList.draw()
          })
  }

  #statusOf(id: string): ConnectionStatus {
    const { state } = this.#catalog.of(id).value.relations
    return state === 'idle' ? 'unknown' : state
  }

  // ---- schema ------------------------------------------------------------------------------------------------------------

  #insertRelation(relation: WireRelation): void {
    const connection = this.#connection
    if (connection === undefined) return
    this.#editor.insert(nameOnConnection(relation, connection.id, this.#catalog, this.#dialect))
  }

  #relationMenu(relation: WireRelation, anchor: PopupAnchor): void {
    const connection = this.#connection
    if (connection === undefined) return
    openRelationMenu(relation, anchor, {
      catalog: this.#catalog,
      connection,
      dialect: this.#dialect,
      onInsert: name => this.#editor.insert(name),
      onRunInNewTab: (title, sql) => {
        this.#openTab({ title, sql, connectionId: connection.id })
        this.#runCurrent()
      },
      onRefresh: () => this.#tree.refresh(),
    })
  }

  // ---- runs --------------------------------------------------------------------------------------------------------------

  #runCurrent(): void {
    const part = this.#editor.partAtCursor()
    if (part === undefined) toast({ kind: 'info', title: 'There is no statement at the cursor' })
    else this.#run(part)
  }

  #runAll(): void {
    const script = this.#editor.wholeScript()
    if (script === undefined) toast({ kind: 'info', title: 'The tab holds no statement' })
    else this.#run(script)
  }

  #run(part: ScriptPart): void {
    const tab = this.#tabs.activeTab
    const connection = this.#connection
    if (tab === undefined) return
    if (connection === undefined) {
      toast({ kind: 'warning', title: 'Choose a connection first' })
      return
    }
    this.#takeText()
    this.#editor.showErrors([])
    void this.#runs.start(tab.key, connection.id, part)
  }

  /** Ends the tab's transaction; the rows on the screen stay. */
  #endTransaction(command: 'COMMIT' | 'ROLLBACK'): void {
    const tab = this.#tabs.activeTab
    const { run } = this.#runs.of(tab?.key ?? '').value
    if (tab === undefined || run === undefined) return
    void this.#runs.aside(tab.key, run.connectionId, command).then(ended => {
      const failed = ended?.statements.find(({ error }) => error !== undefined)?.error
      if (failed !== undefined)
        toast({
          kind: 'error',
          title: failed.message,
          ...(failed.detail === undefined ? {} : { detail: failed.detail }),
        })
      else if (ended !== undefined)
        toast({ kind: 'success', title: command === 'COMMIT' ? 'Committed' : 'Rolled back' })
    })
  }

  #cancel(): boolean {
    const key = this.#tabs.active.value
    if (key === undefined || !this.#runs.running(key)) return false
    void this.#runs.cancel(key)
    return true
  }

  #runChanged(): void {
    const tab = this.#tabs.activeTab
    if (tab === undefined) return
    const tabRun = this.#runs.of(tab.key).value
    this.#drawBar()
    this.#results.draw(tab.key, tabRun)
    const { run } = tabRun
    if (run === undefined) return
    const state = `${run.id} ${run.state}`
    if (state === this.#lastEnd) return
    this.#lastEnd = state
    this.#tabStrip.draw(this.#tabs.list.value, tab.key)
    if (run.state !== 'running') this.#runEnded(run)
  }

  #runEnded(run: WireRun): void {
    this.#markErrors(run)
    if (this.#historyOpen) this.#history.reload()
    const changed = run.statements.some(({ state, sql }) => state === 'complete' && changesSchema(sql))
    if (changed) void this.#catalog.load(run.connectionId, true)
  }

  /** Only where the text still is what ran. */
  #markErrors(run: WireRun): void {
    const text = this.#editor.view.state.doc
    const marks = run.statements.flatMap(({ state, error, errorAt, from, to, sql }) =>
      state === 'failed' && error !== undefined && text.sliceString(from, to) === sql
        ? [{ at: errorAt ?? from, message: error.message }]
        : [],
    )
    if (marks.length > 0) this.#editor.showErrors(marks)
  }

  // ---- results -----------------------------------------------------------------------------------------------------------

  /** `/?result=<id>`: a tab with the statement of that result and its rows. */
  async #openLinkedResult(): Promise<void> {
    const id = new URLSearchParams(location.search).get('result')
    if (id === null) return
    history.replaceState(null, '', location.pathname)
    try {
      const result = await this.#api.result(id)
      const tab = this.#openTab({ sql: result.sql, connectionId: result.connectionId ?? null, title: 'Linked result' })
      this.#runs.found(tab.key, runOfResult(result))
    } catch (error) {
      tellFailure(failureOf(error), 'The linked result cannot be shown')
    }
  }

  // ---- the rest ----------------------------------------------------------------------------------------------------------

  #toggleHistory(open = !this.#historyOpen): void {
    this.#historyOpen = open
    localStorage.setItem(historyOpenKey, open ? 'open' : 'closed')
    this.#element.dataset.history = open ? 'open' : 'closed'
    this.#history.dom.hidden = !open
    this.#drawBar()
    if (open) this.#history.reload()
    if (open && this.#element.dataset.ready === 'true') this.#history.focus()
    else if (!open && this.#element.dataset.ready === 'true') this.#editor.focus()
  }

  #nextPart(back: boolean): void {
    const parts = [
      { dom: this.#tree.dom, focus: () => this.#tree.dom.querySelector<HTMLElement>('[role=tree]')?.focus() },
      { dom: this.#editor.view.dom, focus: () => this.#editor.focus() },
      { dom: this.#results.dom, focus: () => this.#results.focusGrid() },
    ]
    const at = parts.findIndex(part => part.dom.contains(document.activeElement))
    parts[(at + (back ? -1 : 1) + parts.length) % parts.length]?.focus()
  }

  #showLoadFailure(failure: ApiError): void {
    const again = h(
      'button',
      { class: 'btn btn-sm', attributes: { type: 'button' }, on: { click: () => location.reload() } },
      'Try again',
    )
    const panel = h('div', { class: 'studio-load-failure' }, failureBox(failure.error, again))
    replace(this.#element, panel)
  }
}

function keptCursor(tab: StudioTab): number {
  // The first statement, not the comments before it.
  const start = tab.sql.search(/^(?!\s*--)\s*\S/m)
  return Math.max(0, start)
}

function changesSchema(sql: string): boolean {
  return /^\s*(create|alter|drop|attach|detach|comment)\b/i.test(sql)
}
