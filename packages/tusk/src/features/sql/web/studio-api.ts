import type {
  WireColumn,
  WireCompletion,
  WireConnection,
  WireConnectionInput,
  WireConnectionTest,
  WireEngine,
  WireExport,
  WireExporter,
  WireFailure,
  WireHistoryEntry,
  WireRelations,
  WireResult,
  WireRun,
  WireRunRequest,
  WireTab,
  WireTabInput,
} from '../../../wire.ts'
import { RequestFailure } from './request-failure.ts'

export interface HistoryFilter {
  readonly search?: string | undefined
  readonly connectionId?: string | undefined
  readonly state?: WireHistoryEntry['state'] | undefined
  readonly before?: number | undefined
}

export interface TableName {
  readonly catalog?: string | undefined
  readonly schema: string
  readonly name: string
}

interface Sending {
  readonly signal?: AbortSignal | undefined
  /** Outlives the page; browsers allow 64 KiB for it. */
  readonly keepalive?: boolean | undefined
}

/** The routes of the studio as functions. Each rejects with a RequestFailure. */
export class StudioApi {
  readonly #fetch: typeof fetch

  constructor(send: typeof fetch = (input, init) => fetch(input, init)) {
    this.#fetch = send
  }

  async engines(): Promise<readonly WireEngine[]> {
    return (await this.#send<{ engines: readonly WireEngine[] }>('GET', '/api/engines')).engines
  }

  async connections(): Promise<readonly WireConnection[]> {
    return (await this.#send<{ connections: readonly WireConnection[] }>('GET', '/api/connections')).connections
  }

  saveConnection(input: WireConnectionInput, id?: string): Promise<WireConnection> {
    return id === undefined
      ? this.#send('POST', '/api/connections', input)
      : this.#send('PUT', path`/api/connections/${id}`, input)
  }

  removeConnection(id: string): Promise<void> {
    return this.#send('DELETE', path`/api/connections/${id}`)
  }

  testConnection(
    input: Pick<WireConnectionInput, 'engine' | 'config'> & { readonly id?: string },
    signal: AbortSignal,
  ): Promise<WireConnectionTest> {
    return this.#send('POST', '/api/connections/test', input, { signal })
  }

  relations(connectionId: string, refresh: boolean, signal?: AbortSignal): Promise<WireRelations> {
    return this.#send('GET', path`/api/connections/${connectionId}/relations` + query({ refresh }), undefined, {
      signal,
    })
  }

  async columns(connectionId: string, table: TableName, refresh: boolean): Promise<readonly WireColumn[]> {
    const { catalog, schema, name } = table
    const address = path`/api/connections/${connectionId}/columns` + query({ catalog, schema, name, refresh })
    return (await this.#send<{ columns: readonly WireColumn[] }>('GET', address)).columns
  }

  completion(connectionId: string, refresh: boolean, signal?: AbortSignal): Promise<WireCompletion> {
    return this.#send('GET', path`/api/connections/${connectionId}/completion` + query({ refresh }), undefined, {
      signal,
    })
  }

  startRun(request: WireRunRequest): Promise<WireRun> {
    return this.#send('POST', '/api/runs', request)
  }

  run(id: string): Promise<WireRun> {
    return this.#send('GET', path`/api/runs/${id}`)
  }

  runEventsAddress(id: string): string {
    return path`/api/runs/${id}/events`
  }

  cancelRun(id: string): Promise<void> {
    return this.#send('POST', path`/api/runs/${id}/cancel`)
  }

  result(id: string, signal?: AbortSignal): Promise<WireResult> {
    return this.#send('GET', path`/api/results/${id}`, undefined, { signal })
  }

  pinResult(id: string, pinned: boolean): Promise<void> {
    return this.#send('POST', path`/api/results/${id}/pin`, { pinned })
  }

  async exporters(): Promise<readonly WireExporter[]> {
    return (await this.#send<{ exporters: readonly WireExporter[] }>('GET', '/api/exporters')).exporters
  }

  exportAddress(
    resultId: string,
    request: {
      readonly format: string
      readonly exportId: string
      readonly view?: string | undefined
      readonly options: Readonly<Record<string, string | boolean>>
    },
  ): string {
    const options = Object.fromEntries(
      Object.entries(request.options).map(([key, value]) => [`option.${key}`, String(value)]),
    )
    const { format, view, exportId } = request
    return path`/api/results/${resultId}/export` + query({ format, view, exportId, ...options })
  }

  exportState(exportId: string): Promise<WireExport> {
    return this.#send('GET', path`/api/exports/${exportId}`)
  }

  cancelExport(exportId: string): Promise<void> {
    return this.#send('DELETE', path`/api/exports/${exportId}`)
  }

  async tabs(): Promise<readonly WireTab[]> {
    return (await this.#send<{ tabs: readonly WireTab[] }>('GET', '/api/tabs')).tabs
  }

  createTab(input: Omit<WireTabInput, 'version'>, sending?: Sending): Promise<WireTab> {
    return this.#send('POST', '/api/tabs', input, sending)
  }

  saveTab(id: string, input: WireTabInput, sending?: Sending): Promise<WireTab> {
    return this.#send('PUT', path`/api/tabs/${id}`, input, sending)
  }

  closeTab(id: string): Promise<void> {
    return this.#send('DELETE', path`/api/tabs/${id}`)
  }

  reopenTab(id: string): Promise<WireTab> {
    return this.#send('POST', path`/api/tabs/${id}/reopen`)
  }

  history(
    filter: HistoryFilter,
    signal?: AbortSignal,
  ): Promise<{ readonly entries: readonly WireHistoryEntry[]; readonly more: boolean }> {
    return this.#send('GET', `/api/history${query({ ...filter, limit: 100 })}`, undefined, { signal })
  }

  removeHistory(id: number): Promise<void> {
    return this.#send('DELETE', path`/api/history/${String(id)}`)
  }

  clearHistory(connectionId?: string): Promise<void> {
    return this.#send('DELETE', `/api/history${query({ connectionId })}`)
  }

  async #send<Answer>(method: string, address: string, body?: unknown, sending: Sending = {}): Promise<Answer> {
    let response: Response
    try {
      response = await this.#fetch(address, {
        method,
        headers: body === undefined ? { accept: 'application/json' } : jsonHeaders,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(sending.signal === undefined ? {} : { signal: sending.signal }),
        ...(sending.keepalive === true ? { keepalive: true } : {}),
      })
    } catch (error) {
      if (sending.signal?.aborted === true) throw error
      throw new RequestFailure(0, { code: 'CONNECTION_LOST', message: 'Tusk does not answer.' })
    }
    const text = await response.text()
    const answer = parse(text)
    if (response.ok) return answer as Answer
    const failure = (answer as Partial<WireFailure> | undefined)?.error
    throw new RequestFailure(
      response.status,
      failure ?? { code: 'INTERNAL', message: `The server answered with status ${response.status}.` },
      answer,
    )
  }
}

const jsonHeaders = { accept: 'application/json', 'content-type': 'application/json' }

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Not ours: a proxy's error page. The status says enough.
  }
}

function path(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts.map((part, at) => part + (at < values.length ? encodeURIComponent(values[at]!) : '')).join('')
}

function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== false && value !== '')
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`
}
