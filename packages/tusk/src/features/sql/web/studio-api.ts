import type { Grouping, Points, PointsRequest } from '../../../results/grouping.ts'
import { type ApiOptions, api } from '../../../ui/web/api.ts'
import type {
  WireColumn,
  WireCompletion,
  WireConnection,
  WireConnectionInput,
  WireConnectionRight,
  WireConnectionRights,
  WireConnectionRoles,
  WireConnectionTest,
  WireDiff,
  WireDiffRequest,
  WireEngine,
  WireExport,
  WireExporter,
  WireHistory,
  WireHistoryEntry,
  WireImport,
  WireImported,
  WireImportOptions,
  WireLoad,
  WireNewLoad,
  WireNewShare,
  WireRelations,
  WireResult,
  WireRun,
  WireRunRequest,
  WireSavedItem,
  WireSavedItemChange,
  WireSavedItemInput,
  WireSavedQuery,
  WireSession,
  WireShareInput,
  WireShares,
  WireSnippet,
  WireTab,
  WireTabInput,
} from '../../../wire.ts'

export interface HistoryFilter {
  readonly search?: string | undefined
  readonly connectionId?: string | undefined
  readonly state?: WireHistoryEntry['state'] | undefined
  readonly leastMilliseconds?: number | undefined
  readonly named?: boolean | undefined
  readonly before?: number | undefined
}

/** What can be opened for others. */
export type SharedKind = 'results' | 'saved-queries'

/** A query by the tab and the saved query that hold it. */
export interface LookedAtQuery {
  readonly tab?: string
  readonly saved?: string
}

export interface TableName {
  readonly catalog?: string | undefined
  readonly schema: string
  readonly name: string
}

/** The routes of the studio as functions. Each rejects with an ApiError. */
export class StudioApi {
  async engines(): Promise<readonly WireEngine[]> {
    return (await api.get<{ engines: readonly WireEngine[] }>('/api/engines')).engines
  }

  async connections(): Promise<readonly WireConnection[]> {
    return (await api.get<{ connections: readonly WireConnection[] }>('/api/connections')).connections
  }

  saveConnection(input: WireConnectionInput, id?: string): Promise<WireConnection> {
    return id === undefined ? api.post('/api/connections', input) : api.put(path`/api/connections/${id}`, input)
  }

  removeConnection(id: string): Promise<void> {
    return api.delete(path`/api/connections/${id}`)
  }

  connectionRights(id: string, signal: AbortSignal): Promise<WireConnectionRights> {
    return api.get(path`/api/connections/${id}/rights`, { signal })
  }

  shareConnection(id: string, rights: readonly WireConnectionRight[]): Promise<WireConnectionRights> {
    return api.post(path`/api/connections/${id}/rights`, { rights })
  }

  giveConnection(id: string, personId: string): Promise<unknown> {
    return api.post(path`/api/connections/${id}/owner`, { personId })
  }

  signIn(id: string, values: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    return api.put(path`/api/connections/${id}/sign-in`, { values }, { signal })
  }

  forgetSignIn(id: string): Promise<void> {
    return api.delete(path`/api/connections/${id}/sign-in`)
  }

  connectionRoles(id: string, signal: AbortSignal): Promise<WireConnectionRoles> {
    return api.get(path`/api/connections/${id}/roles`, { signal })
  }

  nameRoles(
    id: string,
    roles: readonly { readonly personId: string; readonly role: string }[],
  ): Promise<WireConnectionRoles> {
    return api.post(path`/api/connections/${id}/roles`, { roles })
  }

  testConnection(
    input: Pick<WireConnectionInput, 'engine' | 'config' | 'eachSignsIn'> & { readonly id?: string },
    signal: AbortSignal,
  ): Promise<WireConnectionTest> {
    return api.post('/api/connections/test', input, { signal })
  }

  relations(connectionId: string, refresh: boolean, signal?: AbortSignal): Promise<WireRelations> {
    return api.get(path`/api/connections/${connectionId}/relations` + query({ refresh }), { signal })
  }

  async columns(connectionId: string, table: TableName, signal?: AbortSignal): Promise<readonly WireColumn[]> {
    const { catalog, schema, name } = table
    const address = path`/api/connections/${connectionId}/columns` + query({ catalog, schema, name })
    return (await api.get<{ columns: readonly WireColumn[] }>(address, { signal })).columns
  }

  completion(connectionId: string, signal?: AbortSignal): Promise<WireCompletion> {
    return api.get(path`/api/connections/${connectionId}/completion`, { signal })
  }

  startRun(request: WireRunRequest): Promise<WireRun> {
    return api.post('/api/runs', request)
  }

  async runs(signal?: AbortSignal): Promise<readonly WireRun[]> {
    return (await api.get<{ runs: readonly WireRun[] }>('/api/runs', { signal })).runs
  }

  runEventsAddress(id: string): string {
    return path`/api/runs/${id}/events`
  }

  cancelRun(id: string): Promise<void> {
    return api.post(path`/api/runs/${id}/cancel`)
  }

  result(id: string, signal?: AbortSignal): Promise<WireResult> {
    return api.get(path`/api/results/${id}`, { signal })
  }

  async resultNames(): Promise<readonly { readonly name: string; readonly resultId: string }[]> {
    const { names } = await api.get<{ names: readonly { name: string; resultId: string }[] }>('/api/result-names')
    return names
  }

  nameResult(id: string, name: string): Promise<{ readonly name: string }> {
    return api.put(path`/api/results/${id}/name`, { name })
  }

  unnameResult(id: string): Promise<void> {
    return api.delete(path`/api/results/${id}/name`)
  }

  pinResult(id: string, pinned: boolean): Promise<void> {
    return api.post(path`/api/results/${id}/pin`, { pinned })
  }

  shares(of: SharedKind, id: string, signal: AbortSignal): Promise<WireShares> {
    return api.get(`/api/${of}${path`/${id}/shares`}`, { signal })
  }

  share(of: SharedKind, id: string, input: WireShareInput): Promise<WireNewShare> {
    return api.post(`/api/${of}${path`/${id}/shares`}`, input)
  }

  revokeShare(id: string): Promise<void> {
    return api.delete(path`/api/shares/${id}`)
  }

  async exporters(): Promise<readonly WireExporter[]> {
    return (await api.get<{ exporters: readonly WireExporter[] }>('/api/exporters')).exporters
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
    return api.get(path`/api/exports/${exportId}`)
  }

  cancelExport(exportId: string): Promise<void> {
    return api.delete(path`/api/exports/${exportId}`)
  }

  startLoad(resultId: string, request: WireNewLoad): Promise<WireLoad> {
    return api.post(path`/api/results/${resultId}/loads`, request)
  }

  loadState(id: string): Promise<WireLoad> {
    return api.get(path`/api/loads/${id}`)
  }

  cancelLoad(id: string): Promise<void> {
    return api.delete(path`/api/loads/${id}`)
  }

  lookAtImport(id: string, options: WireImportOptions, signal: AbortSignal): Promise<WireImport> {
    return api.post(path`/api/imports/${id}/look`, options, { signal })
  }

  readImport(id: string, options: WireImportOptions, signal: AbortSignal): Promise<WireImported> {
    return api.post(path`/api/imports/${id}/read`, options, { signal })
  }

  discardImport(id: string): Promise<void> {
    return api.delete(path`/api/imports/${id}`)
  }

  diff(resultId: string, request: WireDiffRequest, signal: AbortSignal): Promise<WireDiff> {
    return api.post(path`/api/results/${resultId}/diff`, request, { signal })
  }

  async tabs(): Promise<readonly WireTab[]> {
    return (await api.get<{ tabs: readonly WireTab[] }>('/api/tabs')).tabs
  }

  createTab(input: Omit<WireTabInput, 'version'>, options?: ApiOptions): Promise<WireTab> {
    return api.post('/api/tabs', input, options)
  }

  saveTab(id: string, input: WireTabInput, options?: ApiOptions): Promise<WireTab> {
    return api.put(path`/api/tabs/${id}`, input, options)
  }

  closeTab(id: string): Promise<void> {
    return api.delete(path`/api/tabs/${id}`)
  }

  reopenTab(id: string): Promise<WireTab> {
    return api.post(path`/api/tabs/${id}/reopen`)
  }

  /** The groups as a result of their own. */
  groupResult(resultId: string, grouping: Grouping, signal: AbortSignal): Promise<WireResult> {
    return api.post(path`/api/results/${resultId}/groups`, grouping, { signal })
  }

  removeResult(resultId: string): Promise<void> {
    return api.delete(path`/api/results/${resultId}`, undefined, { keepalive: true })
  }

  /** Groups or sampled rows, to draw. */
  resultPoints(resultId: string, request: PointsRequest, signal: AbortSignal): Promise<Points> {
    return api.post(path`/api/results/${resultId}/points`, request, { signal })
  }

  async queryLook(of: LookedAtQuery, name: string): Promise<string | null> {
    return (await api.get<{ value: string | null }>(`/api/query-looks${query({ ...of, name })}`)).value
  }

  keepQueryLook(of: LookedAtQuery, name: string, value: string): Promise<void> {
    return api.put('/api/query-looks', { ...of, name, value }, { keepalive: true })
  }

  async savedItems(search = '', signal?: AbortSignal): Promise<readonly WireSavedItem[]> {
    const answer = await api.get<{ items: readonly WireSavedItem[] }>(`/api/saved-queries${query({ search })}`, {
      signal,
    })
    return answer.items
  }

  savedQuery(id: string): Promise<WireSavedQuery> {
    return api.get(path`/api/saved-queries/${id}`)
  }

  createSaved(input: WireSavedItemInput): Promise<WireSavedQuery> {
    return api.post('/api/saved-queries', input)
  }

  changeSaved(id: string, change: WireSavedItemChange): Promise<WireSavedQuery> {
    return api.put(path`/api/saved-queries/${id}`, change)
  }

  removeSaved(id: string): Promise<void> {
    return api.delete(path`/api/saved-queries/${id}`)
  }

  restoreSaved(id: string): Promise<WireSavedQuery> {
    return api.post(path`/api/saved-queries/${id}/restore`)
  }

  async snippets(): Promise<readonly WireSnippet[]> {
    return (await api.get<{ snippets: readonly WireSnippet[] }>('/api/snippets')).snippets
  }

  /** In place of the one with the word `instead`. */
  keepSnippet(snippet: WireSnippet, instead?: string): Promise<WireSnippet> {
    return api.put('/api/snippets', { ...snippet, ...(instead === undefined ? {} : { instead }) })
  }

  removeSnippet(trigger: string): Promise<void> {
    return api.delete(`/api/snippets${query({ trigger })}`)
  }

  session(tabId: string, connectionId: string, signal?: AbortSignal): Promise<WireSession> {
    return api.get(path`/api/tabs/${tabId}/session` + query({ connectionId }), { signal })
  }

  reconnect(tabId: string, connectionId: string): Promise<WireSession> {
    return api.post(path`/api/tabs/${tabId}/session`, { connectionId })
  }

  history(filter: HistoryFilter, signal?: AbortSignal): Promise<WireHistory> {
    return api.get(`/api/history${query({ ...filter, limit: 100 })}`, { signal })
  }

  historyEntry(id: number): Promise<WireHistoryEntry> {
    return api.get(path`/api/history/${String(id)}`)
  }

  nameHistory(id: number, name: string): Promise<void> {
    return api.put(path`/api/history/${String(id)}`, { name })
  }

  removeHistory(id: number): Promise<void> {
    return api.delete(path`/api/history/${String(id)}`)
  }

  clearHistory(connectionId?: string): Promise<void> {
    return api.delete(`/api/history${query({ connectionId })}`)
  }
}

function path(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts.map((part, at) => part + (at < values.length ? encodeURIComponent(values[at]!) : '')).join('')
}

function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== false && value !== '') given.set(key, String(value))
  }
  return given.size === 0 ? '' : `?${given}`
}
