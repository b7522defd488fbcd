import { ApiError } from '../../../ui/web/api.ts'
import type { WireRun, WireTab } from '../../../wire.ts'
import type { DraftStore } from './draft-store.ts'
import { failureOf, isOffline } from './failure-of.ts'
import { Observable } from './observable.ts'
import type { StudioApi } from './studio-api.ts'

/** An editor tab. Immutable: each change makes a new one under the same key. */
export interface StudioTab {
  /** Stays the same as long as the tab is open in this window. */
  readonly key: string
  /** The server's id; null until it has been saved once. */
  readonly id: string | null
  readonly title: string
  readonly connectionId: string | null
  readonly sql: string
  readonly position: number
  /** What its scripts do after a failed statement. */
  readonly onError: 'stop' | 'continue'
  /** How its transactions end. */
  readonly commit: 'auto' | 'manual'
  /** How those that are begun for it are isolated; null: as the database does. */
  readonly isolation: string | null
  /** The saved query that it holds. */
  readonly savedQueryId: string | null
  /** Stands before the others, and is not closed with them. */
  readonly pinned: boolean
  /** False: its text is no longer that of the saved query. */
  readonly isAsSaved: boolean
  readonly version: number
  /** Not all of it is on the server yet. */
  readonly unsaved: boolean
  readonly lastRun: WireRun | undefined
}

export type TabChange = Partial<
  Pick<
    StudioTab,
    'title' | 'connectionId' | 'sql' | 'position' | 'onError' | 'commit' | 'isolation' | 'savedQueryId' | 'pinned'
  >
>

/** What a person decides when a tab was changed in two windows. */
export type ConflictChoice = 'mine' | 'theirs' | 'both'

export interface TabsOptions {
  readonly api: Pick<StudioApi, 'tabs' | 'createTab' | 'saveTab' | 'closeTab' | 'reopenTab'>
  readonly drafts: DraftStore
  /** A stale save: both texts exist, one must be chosen. */
  readonly onConflict: (mine: StudioTab, saved: WireTab) => Promise<ConflictChoice>
  /** A save that the server refuses for another reason. */
  readonly onFailure: (failure: ApiError) => void
  /** How long typing must pause before a save. */
  readonly pause?: number
}

const defaultPause = 700
/** Long texts are sent less often: a pause grows by a second for each million characters, up to this. */
const longestPause = 5_000
const retryPauses = [500, 1_000, 2_000, 3_000]
/** Browsers refuse larger bodies to requests that outlive the page. */
const keepaliveLimit = 60_000

/**
 * The open tabs, kept on the server. An edit is in the browser's storage at once, on the server after a pause; when the server is
 * away it is sent again until it is there. One save of a tab at a time.
 */
export class Tabs {
  readonly list = new Observable<readonly StudioTab[]>([])
  readonly active = new Observable<string | undefined>(undefined)
  readonly offline = new Observable(false)
  readonly #options: TabsOptions
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #saving = new Map<string, Promise<void>>()
  readonly #refused = new Set<string>()
  #failures = 0
  #closed = false

  constructor(options: TabsOptions) {
    this.#options = options
  }

  get(key: string | undefined): StudioTab | undefined {
    return this.list.value.find(tab => tab.key === key)
  }

  get activeTab(): StudioTab | undefined {
    return this.get(this.active.value)
  }

  /** Reads the saved tabs and puts unsaved drafts over them. */
  async load(): Promise<void> {
    const saved = await this.#options.api.tabs()
    const drafts = this.#options.drafts.all()
    const tabs = saved.map(tab => fromSaved(tab))
    for (const draft of drafts) {
      const at = tabs.findIndex(tab => tab.id !== null && tab.id === draft.id)
      const tab = tabs[at]
      if (tab === undefined) {
        if (draft.sql.trim() === '') this.#options.drafts.drop(draft.key)
        else
          tabs.push({
            onError: 'stop',
            commit: 'auto',
            isolation: null,
            savedQueryId: null,
            pinned: false,
            isAsSaved: true,
            ...draft,
            id: null,
            version: 0,
            unsaved: true,
            lastRun: undefined,
          })
      } else if (tab.sql === draft.sql && tab.title === draft.title && tab.connectionId === draft.connectionId) {
        this.#options.drafts.drop(draft.key)
      } else {
        const { key: _key, id: _id, ...edited } = draft
        tabs[at] = { ...tab, ...edited, unsaved: true }
        if (draft.key !== tab.key) this.#options.drafts.drop(draft.key)
      }
    }
    tabs.sort(inOrder)
    this.list.value = tabs
    for (const tab of tabs) if (tab.unsaved) this.#schedule(tab.key, 0)
  }

  /** A new tab behind the others, or right of `after`; it is shown. */
  open(from: TabChange & { readonly after?: string } = {}): StudioTab {
    const { after, ...given } = from
    const tab: StudioTab = {
      key: crypto.randomUUID(),
      id: null,
      title: given.title ?? this.#freeTitle(),
      connectionId: given.connectionId ?? null,
      sql: given.sql ?? '',
      position: this.#positionAfter(after),
      onError: given.onError ?? 'stop',
      commit: given.commit ?? 'auto',
      isolation: given.isolation ?? null,
      savedQueryId: given.savedQueryId ?? null,
      pinned: given.pinned ?? false,
      isAsSaved: true,
      version: 0,
      unsaved: true,
      lastRun: undefined,
    }
    this.list.value = [...this.list.value, tab].sort(inOrder)
    this.active.value = tab.key
    this.#schedule(tab.key, 0)
    return tab
  }

  change(key: string, change: TabChange): void {
    const tab = this.get(key)
    if (tab === undefined) return
    const changed = { ...tab, ...change, unsaved: true }
    this.#put(changed)
    this.#keepDraft(changed)
    this.#schedule(key, this.#pauseOf(changed))
  }

  setRun(key: string, run: WireRun): void {
    const tab = this.get(key)
    if (tab !== undefined) this.#put({ ...tab, lastRun: run })
  }

  setPinned(key: string, pinned: boolean): void {
    this.change(key, { pinned })
    this.list.value = [...this.list.value].sort(inOrder)
  }

  /** The tab's text went into its saved query. */
  savedNow(key: string): void {
    const tab = this.get(key)
    if (tab !== undefined) this.#put({ ...tab, isAsSaved: true })
  }

  /** Puts the tab at a place among the others, counted without it. */
  move(key: string, place: number): void {
    const others = this.list.value.filter(tab => tab.key !== key)
    const before = others[place - 1]?.position
    const after = others[place]?.position
    const position = before === undefined ? (after ?? 1) - 1 : after === undefined ? before + 1 : (before + after) / 2
    this.change(key, { position })
    this.list.value = [...this.list.value].sort(inOrder)
  }

  /** The id on the server, as soon as it has one. What is unsaved goes on its way, and nobody waits for it. */
  async idOf(key: string): Promise<string> {
    const saving = this.save(key)
    const known = this.get(key)?.id
    if (known !== undefined && known !== null) return known
    await saving
    const id = this.get(key)?.id
    if (id === undefined || id === null)
      throw new ApiError(0, { code: 'CONNECTION_LOST', message: 'Tusk does not answer.' })
    return id
  }

  /** Closes; returns the function that opens it again with its text. */
  close(key: string): () => void {
    const tab = this.get(key)
    if (tab === undefined) return () => {}
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    const at = this.list.value.indexOf(tab)
    this.list.value = this.list.value.filter(other => other.key !== key)
    if (this.active.value === key) this.active.value = (this.list.value[at] ?? this.list.value[at - 1])?.key
    this.#options.drafts.drop(key)
    const gone = this.#closeSaved(key, tab)
    return () => void this.#reopen(tab, gone)
  }

  /** Saves now what is unsaved; resolves when it is tried. */
  async save(key: string): Promise<void> {
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    // Several may wait for the same save: the first of them sends, the others wait on, or two would go with one version.
    while (this.#saving.has(key)) await this.#saving.get(key)
    const tab = this.get(key)
    if (tab === undefined || !(tab.unsaved || tab.id === null)) return
    const saving = this.#send(tab)
    this.#saving.set(key, saving)
    try {
      await saving
    } finally {
      this.#saving.delete(key)
    }
  }

  async saveAll(): Promise<void> {
    await Promise.all(this.list.value.map(tab => this.save(tab.key)))
  }

  /** The page goes away: what is unsaved is sent by requests that outlive it; what is too large for that is in the drafts. */
  leave(): void {
    for (const tab of this.list.value) {
      if (!tab.unsaved || this.#saving.has(tab.key)) continue
      this.#keepDraft(tab)
      if (tab.id === null || tab.sql.length * 3 > keepaliveLimit) continue
      // The page is not there for the answer. The draft stays until the next visit finds the same text on the server.
      this.#options.api.saveTab(tab.id, inputOf(tab), { keepalive: true }).catch(() => {})
    }
  }

  destroy(): void {
    this.#closed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  async #send(tab: StudioTab): Promise<void> {
    const { api, drafts } = this.#options
    try {
      const saved =
        tab.id === null ? await api.createTab(withoutVersion(inputOf(tab))) : await api.saveTab(tab.id, inputOf(tab))
      this.#answered()
      this.#refused.delete(tab.key)
      const now = this.get(tab.key)
      if (now === undefined) {
        // Closed while its first save was on the way.
        if (tab.id === null) await api.closeTab(saved.id)
        return
      }
      const unsaved = !sameContent(now, tab)
      this.#put({ ...now, id: saved.id, version: saved.version, unsaved, isAsSaved: saved.isAsSaved ?? true })
      if (unsaved) this.#schedule(tab.key, this.#pauseOf(now))
      else drafts.drop(tab.key)
    } catch (error) {
      await this.#saveFailed(tab, failureOf(error))
    }
  }

  async #saveFailed(tab: StudioTab, failure: ApiError): Promise<void> {
    if (isOffline(failure)) {
      this.offline.value = true
      this.#keepDraft(this.get(tab.key) ?? tab)
      const pause = retryPauses[Math.min(this.#failures++, retryPauses.length - 1)]!
      this.#schedule(tab.key, pause)
      return
    }
    this.#answered()
    if (failure.status === 404 && tab.id !== null) {
      // Closed in another window: the text that is open here is kept as a new tab.
      const now = this.get(tab.key)
      if (now !== undefined) this.#put({ ...now, id: null, version: 0, unsaved: true })
      this.#schedule(tab.key, 0)
      return
    }
    const saved = (failure.body as { readonly saved?: WireTab } | undefined)?.saved
    if (failure.status === 409 && saved !== undefined) {
      await this.#resolve(tab.key, saved)
      return
    }
    this.#keepDraft(this.get(tab.key) ?? tab)
    if (this.#refused.has(tab.key)) return
    this.#refused.add(tab.key)
    this.#options.onFailure(failure)
  }

  async #resolve(key: string, saved: WireTab): Promise<void> {
    const mine = this.get(key)
    if (mine === undefined) return
    const choice = mine.sql === saved.sql ? 'mine' : await this.#options.onConflict(mine, saved)
    const now = this.get(key)
    if (now === undefined) return
    if (choice === 'mine') {
      this.#put({ ...now, version: saved.version, unsaved: true })
      this.#schedule(key, 0)
      return
    }
    this.#put({ ...now, ...fromSaved(saved), key })
    this.#options.drafts.drop(key)
    if (choice === 'both') {
      const { title, connectionId, sql } = now
      this.open({ title: `${title} (mine)`, connectionId, sql, after: key })
    }
  }

  async #closeSaved(key: string, tab: StudioTab): Promise<string | null> {
    await this.#saving.get(key)
    const id = tab.id
    if (id === null) return null
    try {
      await this.#options.api.closeTab(id)
    } catch (error) {
      const failure = failureOf(error)
      if (failure.status !== 404) this.#options.onFailure(failure)
    }
    return id
  }

  async #reopen(tab: StudioTab, gone: Promise<string | null>): Promise<void> {
    const id = await gone
    const back = id === null ? tab : { ...tab, ...(await this.#reopened(tab, id)) }
    this.list.value = [...this.list.value, back].sort(inOrder)
    this.active.value = back.key
    if (back.unsaved) this.#schedule(back.key, 0)
  }

  async #reopened(tab: StudioTab, id: string): Promise<Partial<StudioTab>> {
    try {
      const saved = await this.#options.api.reopenTab(id)
      return { id, version: saved.version, unsaved: tab.unsaved }
    } catch {
      return { id: null, version: 0, unsaved: true } // The text is here: it becomes a new tab.
    }
  }

  #pauseOf(tab: StudioTab): number {
    return this.#options.pause ?? Math.min(longestPause, defaultPause + tab.sql.length / 1_000)
  }

  #schedule(key: string, pause: number): void {
    if (this.#closed) return
    clearTimeout(this.#timers.get(key))
    this.#timers.set(
      key,
      setTimeout(() => void this.save(key), pause),
    )
  }

  #answered(): void {
    this.#failures = 0
    this.offline.value = false
  }

  #put(tab: StudioTab): void {
    this.list.value = this.list.value.map(other => (other.key === tab.key ? tab : other))
  }

  #keepDraft(tab: StudioTab): void {
    this.#options.drafts.keep({ key: tab.key, id: tab.id, ...inputOf(tab) })
  }

  #positionAfter(key: string | undefined): number {
    const tabs = this.list.value
    const at = tabs.findIndex(tab => tab.key === key)
    if (at === -1 || at === tabs.length - 1) return (tabs.at(-1)?.position ?? 0) + 1
    return (tabs[at]!.position + tabs[at + 1]!.position) / 2
  }

  #freeTitle(): string {
    const taken = new Set(this.list.value.map(tab => tab.title))
    for (let number = 1; ; number++) if (!taken.has(`Query ${number}`)) return `Query ${number}`
  }
}

function fromSaved(tab: WireTab): StudioTab {
  const { id, ...rest } = tab
  const { title, connectionId, sql, position, onError, commit, isolation, savedQueryId, pinned, version, lastRun } =
    rest
  return {
    key: id,
    id,
    title,
    connectionId,
    sql,
    position,
    onError,
    commit,
    isolation,
    savedQueryId,
    pinned,
    isAsSaved: rest.isAsSaved ?? true,
    version,
    unsaved: false,
    lastRun,
  }
}

function inputOf(tab: StudioTab) {
  const { title, connectionId, sql, position, onError, commit, isolation, savedQueryId, pinned, version } = tab
  return { title, connectionId, sql, position, onError, commit, isolation, savedQueryId, pinned, version }
}

function withoutVersion<Input extends { readonly version: number }>(input: Input): Omit<Input, 'version'> {
  const { version: _, ...rest } = input
  return rest
}

function sameContent(a: StudioTab, b: StudioTab): boolean {
  return (
    a.sql === b.sql &&
    a.title === b.title &&
    a.connectionId === b.connectionId &&
    a.position === b.position &&
    a.onError === b.onError &&
    a.commit === b.commit &&
    a.isolation === b.isolation &&
    a.savedQueryId === b.savedQueryId &&
    a.pinned === b.pinned
  )
}

function inOrder(a: StudioTab, b: StudioTab): number {
  return Number(b.pinned) - Number(a.pinned) || a.position - b.position
}
