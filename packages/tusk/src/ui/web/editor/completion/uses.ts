/** How a completion is told from others: `column total`. */
export type UseKey = string

interface Use {
  readonly key: UseKey
  /** Grows by one with each use and halves with each `halfLife` that passes. */
  readonly score: number
  /** Milliseconds since 1970. */
  readonly at: number
}

const halfLife = 14 * 24 * 3_600_000
const kept = 500
/** The most that use can raise an option, in the points of `Completion.boost`. */
const most = 24

/** What a person took from completions, so that it comes first the next time. Kept in the browser. */
export class CompletionUses {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'> | undefined
  readonly #name: string
  readonly #now: () => number
  readonly #uses: Map<UseKey, Use>

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'> | undefined, name = 'tusk.completion', now = Date.now) {
    this.#storage = storage
    this.#name = name
    this.#now = now
    this.#uses = new Map(readUses(storage?.getItem(name) ?? null).map(use => [use.key, use]))
  }

  took(key: UseKey): void {
    this.#uses.set(key, { key, score: this.#scoreOf(key) + 1, at: this.#now() })
    if (this.#uses.size > kept) {
      const ranked = [...this.#uses.keys()].toSorted((one, other) => this.#scoreOf(other) - this.#scoreOf(one))
      for (const forgotten of ranked.slice(kept * 0.8)) this.#uses.delete(forgotten)
    }
    try {
      this.#storage?.setItem(this.#name, JSON.stringify([...this.#uses.values()]))
    } catch {
      // The browser's storage is full: the ranking lasts as long as the page.
    }
  }

  /** 0 for what was never taken, growing ever slower up to 24. */
  bonus(key: UseKey): number {
    return Math.min(most, 8 * Math.log2(1 + this.#scoreOf(key)))
  }

  #scoreOf(key: UseKey): number {
    const use = this.#uses.get(key)
    return use === undefined ? 0 : use.score * 0.5 ** (Math.max(0, this.#now() - use.at) / halfLife)
  }
}

function readUses(text: string | null): readonly Use[] {
  try {
    const read: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(read) ? read.filter(isUse) : []
  } catch {
    return []
  }
}

function isUse(value: unknown): value is Use {
  const use = value as Partial<Use> | null
  return typeof use?.key === 'string' && typeof use.score === 'number' && typeof use.at === 'number'
}
