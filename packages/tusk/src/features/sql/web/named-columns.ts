import type { NamedResult } from '../../../ui/web/editor/completion/completion-source.ts'
import { typeLabel } from '../../../ui/web/grid/column-kind.ts'
import type { Observable } from './observable.ts'
import type { StudioApi } from './studio-api.ts'

/** Columns are asked for of so many named results at most. */
const most = 100

/** Named results with their columns, for completion. Columns are asked for once, when a name is first heard of. */
export class NamedColumns {
  readonly #api: Pick<StudioApi, 'result'>
  readonly #names: Observable<ReadonlyMap<string, string>>
  readonly #columns = new Map<string, NamedResult['columns']>()
  readonly #stop: () => void

  constructor(api: Pick<StudioApi, 'result'>, names: Observable<ReadonlyMap<string, string>>) {
    this.#api = api
    this.#names = names
    this.#stop = names.watch(named => {
      for (const id of named.keys()) void this.#learn(id)
    })
  }

  /** Columns that are not known yet are missing. */
  get list(): readonly NamedResult[] {
    return [...this.#names.value].map(([id, name]) => ({ name, columns: this.#columns.get(id) ?? [] }))
  }

  destroy(): void {
    this.#stop()
  }

  async #learn(id: string): Promise<void> {
    if (this.#columns.has(id) || this.#columns.size >= most) return
    this.#columns.set(id, [])
    // Rows that are gone have no columns to offer; running says so.
    const result = await this.#api.result(id).catch(() => undefined)
    const fields = result?.schema.fields ?? []
    this.#columns.set(
      id,
      fields.map(field => ({ name: field.name, type: typeLabel(field) })),
    )
  }
}
