import type { EditorDocument, SqlEditor } from '../../../ui/web/editor/editor.ts'
import { toast } from '../../../ui/web/toast.ts'
import type { Connections } from './connections.ts'
import type { Runs } from './runs.ts'
import type { StudioTab, TabChange, Tabs } from './tabs.ts'

export interface TabDeskOptions {
  readonly tabs: Tabs
  readonly runs: Runs
  readonly connections: Connections
  readonly editor: () => SqlEditor
  /** Another tab is in front now. */
  readonly onShow: (tab: StudioTab) => void
  /** Whether a tab may be closed: asks when something of it would be lost. */
  readonly mayClose: (tab: StudioTab) => Promise<boolean>
  /** The text of the tab in front waits to be taken. */
  readonly onTyping: () => void
}

/** Copying a long text at each key would be felt: a pause of a millisecond for each thousand characters, up to this. */
const longestPause = 3_000

/** The tabs of the editor: which of them is in front, their texts with cursor and undo history, opening and closing. */
export class TabDesk {
  readonly #options: TabDeskOptions
  readonly #documents = new Map<string, EditorDocument>()
  #shownKey: string | undefined
  #textTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: TabDeskOptions) {
    this.#options = options
  }

  /** Typed, but not in the tab yet. */
  get isTyping(): boolean {
    return this.#textTimer !== undefined
  }

  open(given: TabChange & { readonly after?: string } = {}): StudioTab {
    const { tabs, connections, editor } = this.#options
    const active = tabs.activeTab
    const tab = tabs.open({
      connectionId: active?.connectionId ?? connections.list.value?.[0]?.id ?? null,
      ...(active === undefined ? {} : { after: active.key }),
      ...given,
    })
    editor().focus()
    return tab
  }

  /** Closes after saying so, with a way back; the last one leaves an empty tab. Asks first when something is open in its session. */
  async close(key: string): Promise<void> {
    const { mayClose, tabs } = this.#options
    if (key === this.#shownKey) this.takeText()
    // Whether the text is still that of its saved query is known once the server has it.
    if ((tabs.get(key)?.savedQueryId ?? null) !== null) await tabs.save(key)
    const tab = tabs.get(key)
    if (tab !== undefined && (await mayClose(tab))) this.#close(key)
  }

  #close(key: string): void {
    const { tabs, runs, editor } = this.#options
    if (key === this.#shownKey) this.takeText()
    const tab = tabs.get(key)
    if (tab === undefined) return
    const undo = tabs.close(key)
    this.#documents.delete(key)
    runs.forget(key)
    if (this.#shownKey === key) this.#shownKey = undefined
    if (tabs.list.value.length === 0) this.open()
    editor().focus()
    if (tab.sql.trim() === '') return
    toast({
      kind: 'info',
      title: `“${tab.title}” closed`,
      action: {
        label: 'Undo',
        run: () => {
          undo()
          if (tab.lastRun !== undefined) runs.found(key, tab.lastRun)
        },
      },
    })
  }

  choose(key: string | undefined): void {
    const { tabs } = this.#options
    if (key === undefined || tabs.get(key) === undefined) return
    tabs.active.value = key
    this.show()
  }

  step(by: number): void {
    const { tabs } = this.#options
    const list = tabs.list.value
    const at = list.findIndex(tab => tab.key === tabs.active.value)
    this.choose(list[(at + by + list.length) % list.length]?.key)
  }

  /** Brings the active tab to the front, if it is not there. */
  show(): void {
    const { tabs, connections, editor, onShow } = this.#options
    const tab = tabs.activeTab
    if (tab === undefined || tab.key === this.#shownKey) return
    this.takeText()
    if (this.#shownKey !== undefined && tabs.get(this.#shownKey) !== undefined) {
      this.#documents.set(this.#shownKey, editor().keepDocument())
    }
    this.#shownKey = tab.key
    const engine = connections.get(tab.connectionId)?.engine
    const known = this.#documents.get(tab.key)
    editor().openDocument(known ?? editor().newDocument(tab.sql, engine, firstStatement(tab.sql)))
    onShow(tab)
  }

  /** The tab has another text than its document: it is made anew when it is shown. */
  renew(key: string): void {
    this.#documents.delete(key)
    if (this.#shownKey === key) this.#shownKey = undefined
  }

  /** Call at each edit: the text is taken when typing pauses. */
  typed(): void {
    const first = this.#textTimer === undefined
    clearTimeout(this.#textTimer)
    const { length } = this.#options.editor().view.state.doc
    this.#textTimer = setTimeout(() => this.takeText(), Math.min(longestPause, 100 + length / 1_000))
    if (first) this.#options.onTyping()
  }

  /** What stands in the editor becomes the tab's text. */
  takeText(): void {
    if (this.#textTimer === undefined) return
    clearTimeout(this.#textTimer)
    this.#textTimer = undefined
    const { tabs, editor } = this.#options
    if (this.#shownKey !== undefined) tabs.change(this.#shownKey, { sql: editor().text })
  }

  /** The page may not come back. */
  leave(): void {
    this.takeText()
    this.#options.tabs.leave()
  }
}

/** Where the first statement begins, behind the comments before it. */
function firstStatement(sql: string): number {
  return Math.max(0, sql.search(/^(?!\s*--)\s*\S/m))
}
