/** A tab's text that the server has not acknowledged yet. */
export interface Draft {
  readonly key: string
  /** The tab's id on the server; null when it was never saved. */
  readonly id: string | null
  readonly title: string
  readonly connectionId: string | null
  readonly sql: string
  readonly position: number
  /** The version that was edited. */
  readonly version: number
  /** How it runs and what it holds; absent in drafts of an older Tusk. A tab by hand must not come back committing each statement. */
  readonly onError?: 'stop' | 'continue'
  readonly commit?: 'auto' | 'manual'
  readonly isolation?: string | null
  readonly savedQueryId?: string | null
  readonly pinned?: boolean
}

const localPrefix = 'tusk.draft.'
/** Browsers hold about five million characters for everything; longer texts wait for the server only. */
const longestDraft = 2_000_000

/** Unsaved text, kept in the browser until the server has it: survives a reload while the server is away. Each person has their own. */
export class DraftStore {
  readonly #storage: Storage | undefined
  readonly #prefix: string

  constructor(storage: Storage | undefined, person = 'local') {
    this.#storage = storage
    this.#prefix = person === 'local' ? localPrefix : `tusk.draft of ${person}.`
  }

  /** Returns false when there is no room for it (browsers allow about 5 MB). */
  keep(draft: Draft): boolean {
    if (this.#storage === undefined) return false
    if (draft.sql.length > longestDraft) {
      this.drop(draft.key)
      return false
    }
    try {
      this.#storage.setItem(this.#prefix + draft.key, JSON.stringify(draft))
      return true
    } catch {
      this.drop(draft.key) // Full: rather none than an old one.
      return false
    }
  }

  drop(key: string): void {
    this.#storage?.removeItem(this.#prefix + key)
  }

  all(): readonly Draft[] {
    const storage = this.#storage
    if (storage === undefined) return []
    const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at)!)
    return keys.filter(key => key.startsWith(this.#prefix)).flatMap(key => readDraft(storage.getItem(key)))
  }
}

function readDraft(text: string | null): readonly Draft[] {
  try {
    const draft = JSON.parse(text ?? 'null') as Partial<Draft> | null
    return typeof draft?.key === 'string' && typeof draft.sql === 'string' ? [draft as Draft] : []
  } catch {
    return []
  }
}
