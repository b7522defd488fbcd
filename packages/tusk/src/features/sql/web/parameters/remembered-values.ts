import type { WireParameterValues } from '../../../../wire.ts'

/** Tabs whose values are remembered; the ones used longest ago are forgotten. */
const keptTabs = 100
const key = 'tusk.parameters'

type Kept = readonly (readonly [tab: string, values: WireParameterValues])[]

/** What was given to the parameters of tabs, in this browser; a name that is new to a tab gets what any tab gave it last. */
export class RememberedValues {
  readonly #storage: Storage

  constructor(storage: Storage) {
    this.#storage = storage
  }

  of(tab: string): WireParameterValues {
    const kept = this.#read()
    const own = kept.find(([name]) => name === tab)?.[1]
    return { ...Object.assign({}, ...kept.map(([, values]) => values)), ...own }
  }

  keep(tab: string, values: WireParameterValues): void {
    const kept = this.#read()
    const before = kept.find(([name]) => name === tab)?.[1]
    const next: Kept = [...kept.filter(([name]) => name !== tab).slice(1 - keptTabs), [tab, { ...before, ...values }]]
    try {
      this.#storage.setItem(key, JSON.stringify(next))
    } catch {
      // Full, or switched off: the next run asks with empty fields.
    }
  }

  #read(): Kept {
    try {
      const kept: unknown = JSON.parse(this.#storage.getItem(key) ?? '[]')
      return Array.isArray(kept) ? (kept as Kept) : []
    } catch {
      return [] // Not ours, or cut.
    }
  }
}
