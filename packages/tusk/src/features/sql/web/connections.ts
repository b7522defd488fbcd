import type { ApiError } from '../../../ui/web/api.ts'
import type { WireConnection, WireConnectionInput, WireEngine } from '../../../wire.ts'
import { failureOf } from './failure-of.ts'
import { Observable } from './observable.ts'
import type { StudioApi } from './studio-api.ts'

/** Saved connections and the engines they may use. */
export class Connections {
  readonly list = new Observable<readonly WireConnection[] | undefined>(undefined)
  readonly failure = new Observable<ApiError | undefined>(undefined)
  readonly #api: Pick<StudioApi, 'engines' | 'connections' | 'saveConnection' | 'removeConnection'>
  #engines: readonly WireEngine[] = []

  constructor(api: Pick<StudioApi, 'engines' | 'connections' | 'saveConnection' | 'removeConnection'>) {
    this.#api = api
  }

  get engines(): readonly WireEngine[] {
    return this.#engines
  }

  get(id: string | null | undefined): WireConnection | undefined {
    return this.list.value?.find(connection => connection.id === id)
  }

  engine(id: string | undefined): WireEngine | undefined {
    return this.#engines.find(engine => engine.id === id)
  }

  async load(): Promise<void> {
    try {
      const [engines, connections] = await Promise.all([this.#api.engines(), this.#api.connections()])
      this.#engines = engines
      this.failure.value = undefined
      this.list.value = connections
    } catch (error) {
      this.failure.value = failureOf(error)
    }
  }

  async save(input: WireConnectionInput, id?: string): Promise<WireConnection> {
    const saved = await this.#api.saveConnection(input, id)
    const list = this.list.value ?? []
    this.list.value = list.some(other => other.id === saved.id)
      ? list.map(other => (other.id === saved.id ? saved : other))
      : [...list, saved]
    return saved
  }

  async remove(id: string): Promise<void> {
    await this.#api.removeConnection(id)
    this.list.value = (this.list.value ?? []).filter(connection => connection.id !== id)
  }
}
