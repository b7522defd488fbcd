import type { ApiError } from '../../../ui/web/api.ts'
import { confirm } from '../../../ui/web/dialog.ts'
import { h, replace } from '../../../ui/web/dom.ts'
import type { IndexedRelation } from '../../../ui/web/editor/completion/schema-index.ts'
import { createSqlEditor, type SqlEditor } from '../../../ui/web/editor/editor.ts'
import { editorDialect } from '../../../ui/web/editor/editor-dialect.ts'
import { serverEvents } from '../../../ui/web/events.ts'
import { icon } from '../../../ui/web/icons.ts'
import type { MenuItem } from '../../../ui/web/menu.ts'
import { toast } from '../../../ui/web/toast.ts'
import type {
  WireColumn,
  WireConnection,
  WireHistoryEntry,
  WireRelation,
  WireResult,
  WireTableName,
} from '../../../wire.ts'
import { Catalog } from './catalog.ts'
import { askConflict } from './conflict-dialog.ts'
import { ConnectionActions } from './connection-actions.ts'
import { type ConnectionList, type ConnectionStatus, createConnectionList } from './connection-list.ts'
import { Connections } from './connections.ts'
import { DraftStore } from './draft-store.ts'
import { failureBox } from './failure-box.ts'
import { failureOf } from './failure-of.ts'
import { formatEditor } from './format-editor.ts'
import { createHistoryPanel, type HistoryPanel } from './history-panel.ts'
import { ImportDesk } from './import/import-desk.ts'
import { runOfResult } from './linked-result.ts'
import type { May } from './may.ts'
import { NamedColumns } from './named-columns.ts'
import { type PopupAnchor, popup } from './popup.ts'
import { queryLookOf } from './query-looks.ts'
import { openRelationMenu } from './relation-menu.ts'
import { ResultActions } from './result-actions.ts'
import { ResultSources } from './result-sources.ts'
import { createResultsPane, type ResultsPane } from './results-pane.ts'
import { createRunBar, type RunBar } from './run-bar.ts'
import { RunDesk } from './run-desk.ts'
import { Runs } from './runs.ts'
import { confirmLosses } from './safety/confirm-losses.ts'
import { firstScript } from './sample-query.ts'
import { SavedDesk } from './saved-desk.ts'
import { createSchemaTree, type RelationRef, type SchemaTree } from './schema-tree.ts'
import { sessionLook } from './session-look.ts'
import { SessionWatch } from './session-watch.ts'
import { modifier, openShortcuts } from './shortcuts.ts'
import { SnippetDesk } from './snippets/snippet-desk.ts'
import { StudioApi } from './studio-api.ts'
import { studioKeys } from './studio-keys.ts'
import { layOut } from './studio-layout.ts'
import { TabDesk } from './tab-desk.ts'
import { createTabStrip, type TabStrip } from './tab-strip.ts'
import { openCreateMenu } from './table/forms/table-menus.ts'
import { tableAddress } from './table/table-address.ts'
import { type StudioTab, Tabs } from './tabs.ts'
import { tellFailure } from './tell.ts'
import { TransactionDesk } from './transactions/transaction-desk.ts'

const activeTabKey = 'tusk.studio.tab'
const historyOpenKey = 'tusk.studio.history'

/** Puts the parts of the studio together: state on one side, what is on the screen on the other. */
export class Studio {
  readonly #element: HTMLElement
  readonly #api = new StudioApi()
  readonly #connections = new Connections(this.#api)
  readonly #catalog = new Catalog(this.#api)
  readonly #sources = new ResultSources()
  readonly #resultActions: ResultActions
  readonly #namedColumns: NamedColumns
  readonly #tabs: Tabs
  readonly #runs: Runs
  readonly #editor: SqlEditor
  readonly #desk: TabDesk
  readonly #runDesk: RunDesk
  readonly #session = new SessionWatch(this.#api)
  readonly #transactions: TransactionDesk
  readonly #connectionActions: ConnectionActions
  readonly #connectionList: ConnectionList
  readonly #imports: ImportDesk
  readonly #tree: SchemaTree
  readonly #saved: SavedDesk
  readonly #snippets = new SnippetDesk(this.#api)
  readonly #tabStrip: TabStrip
  readonly #runBar: RunBar
  readonly #results: ResultsPane
  readonly #history: HistoryPanel
  readonly #abort = new AbortController()
  readonly #stops: (() => void)[] = []
  #watchedConnection: string | undefined
  #stopSchema: () => void = () => {}
  #historyOpen = localStorage.getItem(historyOpenKey) === 'open'

  constructor(element: HTMLElement, may: May) {
    this.#element = element
    this.#resultActions = new ResultActions(this.#api, this.#sources, may, {
      connections: this.#connections,
      catalog: this.#catalog,
      onShow: (result, title) => this.showResult(result, title),
    })
    this.#namedColumns = new NamedColumns(this.#api, this.#resultActions.names)
    this.#tabs = new Tabs({
      api: this.#api,
      drafts: new DraftStore(localStorage, document.documentElement.dataset.person),
      onConflict: async (mine, saved) => {
        const choice = await askConflict(mine, saved)
        if (choice !== 'mine') this.#desk.renew(mine.key)
        return choice
      },
      onFailure: failure => tellFailure(failure, 'The tab could not be saved'),
    })
    this.#runs = new Runs({
      api: this.#api,
      tabs: this.#tabs,
      openEvents: serverEvents,
      onFailure: failure => tellFailure(failure, 'The query could not be cancelled'),
      onConfirm: confirmLosses,
    })
    this.#transactions = new TransactionDesk({
      api: this.#api,
      tabs: this.#tabs,
      runs: this.#runs,
      connections: this.#connections,
      session: this.#session,
    })
    const editorBox = h('div', { class: 'studio-editor', id: 'studio-editor', role: 'tabpanel', label: 'SQL' })
    const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce
    this.#editor = createSqlEditor(editorBox, {
      ...(nonce === undefined ? {} : { nonce }),
      placeholder: `Write SQL. ${modifier}+Enter runs the statement at the cursor, Ctrl+Space completes.`,
      onRun: part => this.#runDesk.run(part),
      onRunAll: part => this.#runDesk.run(part),
      onCancel: () => this.#runDesk.cancel(),
      results: () => this.#namedColumns.list,
      snippets: () => this.#snippets.list.value,
      describe: relation => this.#describe(relation),
      onOpenObject: ({ relation, column }) => relation && this.#openObject(refOf(relation), column?.name),
      onChange: () => this.#desk.typed(),
      onBlur: () => {
        this.#desk.takeText()
        void this.#tabs.saveAll()
      },
    })
    this.#desk = new TabDesk({
      tabs: this.#tabs,
      runs: this.#runs,
      connections: this.#connections,
      editor: () => this.#editor,
      onShow: tab => {
        this.#runDesk.follow(tab.key)
        this.#connectionChanged()
      },
      mayClose: async tab =>
        (!this.#runs.running(tab.key) ||
          (await confirm({
            title: `“${tab.title}” still runs something`,
            message: 'Closing the tab cancels it.',
            confirmLabel: 'Cancel it and close',
            cancelLabel: 'Stay',
            danger: true,
          }))) &&
        (tab.lastRun === undefined ||
          tab.lastRun.transaction === 'none' ||
          (await this.#transactions.settle(tab, 'Closing the tab'))) &&
        (await this.#saved.mayClose(tab)),
      onTyping: () => this.#drawBar(),
    })
    this.#runDesk = new RunDesk({
      tabs: this.#tabs,
      desk: this.#desk,
      runs: this.#runs,
      connections: this.#connections,
      session: this.#session,
      editor: () => this.#editor,
      onChange: tabRun => {
        this.#drawBar()
        this.#results.draw(this.#tabs.activeTab?.key, tabRun)
      },
      onTurn: () => this.#tabStrip.draw(this.#tabs.list.value, this.#tabs.activeTab?.key),
      onEnd: run => {
        if (this.#historyOpen) this.#history.reload()
        const changed = run.statements.some(({ state, sql }) => state === 'complete' && changesSchema(sql))
        if (changed) void this.#catalog.load(run.connectionId, true)
      },
      onSignIn: (connection, again) => this.#connectionActions.signIn(connection, again),
    })
    this.#connectionActions = new ConnectionActions({
      may,
      api: this.#api,
      connections: this.#connections,
      catalog: this.#catalog,
      current: () => this.#tabs.activeTab?.connectionId,
      onUse: connection => void this.#useConnection(connection.id),
      onNewTab: connection => this.#desk.open({ connectionId: connection.id }),
      onReconnect: connection => void this.#reconnect(connection),
      onSaved: (connection, isNew) => {
        // Its schema is read anew, as from another connection.
        this.#watchedConnection = undefined
        this.#tree.show(undefined)
        if (isNew) void this.#useConnection(connection.id)
        this.#draw()
      },
    })
    this.#connectionList = createConnectionList({
      connections: this.#connections,
      active: () => this.#tabs.activeTab?.connectionId,
      status: id => this.#statusOf(id),
      onChoose: connection => void this.#useConnection(connection.id),
      ...(may('connections.create') ? { onAdd: () => this.#connectionActions.add() } : {}),
      onReconnect: connection => void this.#reconnect(connection),
      onMenu: (connection, anchor) => this.#connectionActions.menu(connection, anchor),
    })
    this.#imports = new ImportDesk({
      api: this.#api,
      targets: { connections: this.#connections, catalog: this.#catalog },
      may,
      connectionId: () => this.#connection?.id,
      onShow: (result, title) => this.showResult(result, title),
    })
    this.#tree = createSchemaTree({
      catalog: this.#catalog,
      onImport: this.#imports.mayImport ? () => this.#imports.open() : undefined,
      onOpenRelation: relation => this.openTable(relation),
      onCreate: anchor => this.#createMenu(anchor),
      onInsertColumn: column => this.#editor.insert(this.#dialect.quoteIdentifier(column.name)),
      onMenu: (relation, anchor) => this.#relationMenu(relation, anchor),
    })
    this.#saved = new SavedDesk({
      api: this.#api,
      tabs: this.#tabs,
      desk: () => this.#desk,
      may,
      onSnippets: () => void this.#snippets.open(),
    })
    this.#tabStrip = createTabStrip({
      connectionOf: tab => this.#connections.get(tab.connectionId),
      isRunning: key => this.#runs.running(key),
      onChoose: key => this.#desk.choose(key),
      onEnter: () => this.#editor.focus(),
      onOpen: () => this.#desk.open(),
      onClose: key => void this.#desk.close(key),
      onRename: (key, title) => this.#tabs.change(key, { title }),
      onMove: (key, place) => this.#tabs.move(key, place),
      onMenu: (key, anchor) => this.#tabMenu(key, anchor),
    })
    this.#runBar = createRunBar({
      onRun: () => this.#runDesk.runCurrent(),
      onRunAll: () => this.#runDesk.runAll(),
      onExplain: mode => this.#runDesk.explain(mode),
      onCancel: () => void this.#runDesk.cancel(),
      onErrorChoice: anchor => this.#errorMenu(anchor),
      onConnection: anchor => this.#connectionActions.choose(anchor),
      onReconnect: () => void this.#runDesk.reconnect(),
      onCommitChoice: anchor => this.#transactions.choose(anchor),
      onTransaction: command => void this.#transactions.end(command),
      onHistory: () => this.#toggleHistory(),
      onShortcuts: openShortcuts,
      modifier,
    })
    this.#results = createResultsPane({
      sources: this.#sources,
      onGoTo: position => this.#editor.goTo(position),
      actions: this.#resultActions,
      onCancel: () => void this.#runDesk.cancel(),
      modifier,
      looksOf: (key, statement) => queryLookOf(this.#api, this.#tabs, key, statement),
    })
    this.#history = createHistoryPanel({
      api: this.#api,
      connections: () => this.#connections.list.value ?? [],
      onOpen: entry => void this.#openEntry(entry),
      onClose: () => this.#toggleHistory(false),
      confirmClear: name =>
        confirm({
          title: name === undefined ? 'Clear the whole history?' : `Clear the history of ${name}?`,
          message: 'The list of statements that were run is deleted. Entries with a name, results and tabs stay.',
          confirmLabel: 'Clear',
          danger: true,
        }),
      onFailure: failure => tellFailure(failure, 'The history could not be changed'),
    })
    this.#stops.push(
      layOut(element, {
        connections: this.#connectionList.dom,
        schema: this.#tree.dom,
        saved: this.#saved.panel.dom,
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
    void this.#saved.start()
    void this.#snippets.start()
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
    this.#desk.choose(this.#tabs.activeTab?.key ?? front?.key)
    this.#draw()
    this.#editor.focus()
    this.#element.dataset.ready = 'true'
    void this.#openLinkedResult()
  }

  destroy(): void {
    this.#abort.abort()
    this.#stopSchema()
    this.#runDesk.destroy()
    this.#session.destroy()
    this.#transactions.destroy()
    this.#desk.leave()
    this.#tabs.destroy()
    this.#runs.destroy()
    this.#tree.destroy()
    this.#imports.destroy()
    this.#runBar.destroy()
    this.#results.destroy()
    this.#history.destroy()
    this.#editor.destroy()
    this.#sources.destroy()
    this.#namedColumns.destroy()
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
      this.#tabs.active.onChange(() => this.#draw()),
      this.#tabs.offline.onChange(() => this.#drawBar()),
      this.#connections.list.onChange(() => this.#draw()),
      this.#session.session.onChange(() => {
        this.#drawBar()
        this.#connectionList.draw()
      }),
    )
    window.addEventListener('pagehide', () => this.#desk.leave(), { signal })
    document.addEventListener('visibilitychange', () => document.hidden && this.#desk.leave(), { signal })
    window.addEventListener('online', () => void this.#tabs.saveAll(), { signal })
    document.addEventListener(
      'keydown',
      studioKeys({
        newTab: () => this.#desk.open(),
        closeTab: () => {
          if (this.#tabs.active.value !== undefined) void this.#desk.close(this.#tabs.active.value)
        },
        goToTab: at => this.#desk.choose(this.#tabs.list.value[at]?.key),
        stepTab: step => this.#desk.step(step),
        refresh: () => this.#tree.refresh(),
        searchSchema: () => this.#tree.focusSearch(),
        history: () => this.#toggleHistory(),
        shortcuts: openShortcuts,
        save: () => void this.#saved.save(),
        snippets: () => void this.#snippets.open(),
        run: () => this.#runDesk.runCurrent(),
        runAll: () => this.#runDesk.runAll(),
        cancel: () => this.#runDesk.cancel(),
        explain: analyze => this.#runDesk.explain(analyze ? 'analyze' : 'plan'),
        format: () => void formatEditor(this.#editor),
        commit: () => void this.#transactions.end('COMMIT'),
        rollback: () => void this.#transactions.end('ROLLBACK'),
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

  #draw(): void {
    const tab = this.#tabs.activeTab
    this.#desk.show()
    if (tab !== undefined) localStorage.setItem(activeTabKey, tab.id ?? tab.key)
    this.#tabStrip.draw(this.#tabs.list.value, tab?.key)
    this.#connectionChanged()
    this.#drawBar()
  }

  #drawBar(): void {
    const tab = this.#tabs.activeTab
    const tabRun = this.#runs.of(tab?.key ?? '').value
    this.#session.show(tab?.id, tab?.connectionId)
    this.#runBar.draw({
      connection: this.#connection,
      tabRun,
      session: sessionLook(tabRun, this.#session.session.value),
      transaction: this.#transactions.look,
      noAnalyze: this.#dialect.explain?.noAnalyze,
      onError: tab?.onError ?? 'stop',
      offline: this.#tabs.offline.value,
      unsaved: tab?.unsaved === true || this.#desk.isTyping,
      historyOpen: this.#historyOpen,
    })
  }

  #tabMenu(key: string, anchor: PopupAnchor): void {
    const tab = this.#tabs.get(key)
    if (tab === undefined) return
    const all = this.#tabs.list.value
    const others = all.filter(other => other.key !== key && !other.pinned)
    const right = all.slice(all.indexOf(tab) + 1).filter(other => !other.pinned)
    popup(anchor, `Tab ${tab.title}`, [
      { label: 'Rename', shortcut: 'F2', run: () => this.#tabStrip.rename(key) },
      {
        label: 'Duplicate',
        run: () => {
          this.#desk.takeText()
          const { title, sql, connectionId, onError, commit, isolation } = this.#tabs.get(key) ?? tab
          this.#desk.open({ title: `${title} (copy)`, sql, connectionId, onError, commit, isolation, after: key })
        },
      },
      {
        label: tab.pinned ? 'Unpin' : 'Pin',
        icon: icon(tab.pinned ? 'unpin' : 'pin'),
        run: () => this.#tabs.setPinned(key, !tab.pinned),
      },
      'separator',
      { label: 'Close', shortcut: 'Alt+W', run: () => void this.#desk.close(key) },
      {
        label: 'Close others',
        disabled: others.length === 0,
        run: () => void this.#closeAll(others),
      },
      {
        label: 'Close those to the right',
        disabled: right.length === 0,
        run: () => void this.#closeAll(right),
      },
    ])
  }

  /** One after the other: each may ask. */
  async #closeAll(tabs: readonly StudioTab[]): Promise<void> {
    for (const tab of tabs) await this.#desk.close(tab.key)
  }

  #errorMenu(anchor: PopupAnchor): void {
    const tab = this.#tabs.activeTab
    if (tab === undefined) return
    const choice = (onError: StudioTab['onError'], label: string): MenuItem => ({
      label,
      checked: tab.onError === onError,
      run: () => this.#tabs.change(tab.key, { onError }),
    })
    popup(anchor, 'After a failed statement of a script', [
      choice('stop', 'Stop at the first error'),
      choice('continue', 'Go on with the next statement'),
    ])
  }

  // ---- connections -------------------------------------------------------------------------------------------------------

  async #useConnection(id: string): Promise<void> {
    const tab = this.#tabs.activeTab
    if (tab === undefined || tab.connectionId === id) return
    if (this.#transactions.look.state !== 'none') {
      const settled = await this.#transactions.settle(tab, 'Another connection')
      if (!settled) return
    }
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
    const session = id === this.#tabs.activeTab?.connectionId ? this.#session.session.value : undefined
    if (state === 'ready' && session !== undefined && session.transaction !== 'none') return 'transaction'
    return state === 'idle' ? 'unknown' : state
  }

  /** Reads the schema anew, and opens a new session when the tab in front runs there. */
  async #reconnect(connection: WireConnection): Promise<void> {
    void this.#catalog.load(connection.id, true)
    const tab = this.#tabs.activeTab
    if (tab === undefined || connection.id !== tab.connectionId) return
    if (await this.#transactions.settle(tab, 'Connecting anew')) await this.#runDesk.reconnect()
  }

  /** Where a name in the editor leads to. */
  #openObject(relation: RelationRef, column: string | undefined): void {
    void this.#tree.reveal(relation, column)
  }

  async #describe(relation: IndexedRelation): Promise<readonly WireColumn[]> {
    const id = this.#connection?.id
    return id === undefined ? [] : await this.#catalog.columnsOf(id, { ...refOf(relation), kind: relation.kind })
  }

  // ---- schema ------------------------------------------------------------------------------------------------------------

  /** The page of a table: from the schema tree, and from its name in the editor. */
  openTable(table: WireTableName): void {
    const connection = this.#connection
    if (connection === undefined) return
    location.assign(tableAddress({ connectionId: connection.id, table }))
  }

  #createMenu(anchor: HTMLElement): void {
    const connection = this.#connection
    if (connection === undefined) return
    const { relations } = this.#catalog.of(connection.id).value
    const searchPath = relations.state === 'ready' ? relations.value.searchPath : []
    openCreateMenu(anchor, connection, searchPath, table => this.openTable(table))
  }

  #relationMenu(relation: WireRelation, anchor: PopupAnchor): void {
    const connection = this.#connection
    if (connection === undefined) return
    openRelationMenu(relation, anchor, {
      catalog: this.#catalog,
      connection,
      dialect: this.#dialect,
      onOpen: () => this.openTable(relation),
      onInsert: name => this.#editor.insert(name),
      onRunInNewTab: (title, sql) => {
        this.#desk.open({ title, sql, connectionId: connection.id })
        this.#runDesk.runCurrent()
      },
      onRefresh: () => this.#tree.refresh(),
    })
  }

  // ---- results -----------------------------------------------------------------------------------------------------------

  /** `/?result=<id>`: a tab with the statement of that result and its rows; `/?query=<id>`: one with a saved or shared query. */
  async #openLinkedResult(): Promise<void> {
    const search = new URLSearchParams(location.search)
    const id = search.get('result')
    const query = search.get('query')
    if (id !== null || query !== null) history.replaceState(null, '', location.pathname)
    if (query !== null) await this.#saved.openLinked(query)
    if (id === null) return
    try {
      this.showResult(await this.#api.result(id), 'Linked result')
    } catch (error) {
      tellFailure(failureOf(error), 'The linked result cannot be shown')
    }
  }

  /** The statement with the rows that it gave then; nothing is run. Where they are gone the person is asked to run it again. */
  async #openEntry(entry: WireHistoryEntry): Promise<void> {
    const known = this.#connections.get(entry.connectionId)
    const tab = this.#desk.open({
      sql: entry.sql,
      connectionId: known?.id ?? this.#tabs.activeTab?.connectionId ?? null,
    })
    if (entry.values !== undefined) this.#runDesk.remember(tab, entry.values)
    if (entry.resultId === undefined) return
    try {
      const result = await this.#api.result(entry.resultId)
      if (!this.#runs.running(tab.key)) this.#runs.found(tab.key, runOfResult(result))
    } catch (error) {
      const failure = failureOf(error)
      if (failure.error.code === 'RESULT_NOT_FOUND')
        toast({
          kind: 'info',
          title: 'These rows have expired',
          detail: 'Results are kept for a time, and as long as there is room; pinned ones stay.',
          action: { label: 'Run it again', run: () => this.#runDesk.runCurrent() },
        })
      else tellFailure(failure, 'The rows cannot be shown')
    }
  }

  /** A stored result in a tab of its own, with the statement that it came from; nothing is run. */
  showResult(result: WireResult, title: string): void {
    const tab = this.#desk.open({ sql: result.sql, connectionId: result.connectionId ?? null, title })
    this.#runs.found(tab.key, runOfResult(result))
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

function refOf({ catalog, schema, name }: IndexedRelation): RelationRef {
  return { schema, name, ...(catalog === undefined ? {} : { catalog }) }
}

function changesSchema(sql: string): boolean {
  return /^\s*(create|alter|drop|attach|detach|comment)\b/i.test(sql)
}
