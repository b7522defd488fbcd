import type { TableDetails } from '../../../../engine/table-details.ts'
import { api } from '../../../../ui/web/api.ts'
import type {
  WireRun,
  WireTableChanges,
  WireTableChangesOutcome,
  WireTableName,
  WireTableRows,
} from '../../../../wire.ts'

/** The routes of tables as functions. Each rejects with an ApiError. */
export class TableApi {
  readonly #address: string

  constructor(connectionId: string) {
    this.#address = `/api/connections/${encodeURIComponent(connectionId)}`
  }

  details(table: WireTableName, refresh: boolean, signal: AbortSignal): Promise<TableDetails> {
    const query = new URLSearchParams({ schema: table.schema, name: table.name })
    if (table.catalog !== undefined) query.set('catalog', table.catalog)
    if (refresh) query.set('refresh', 'true')
    return api.get(`${this.#address}/table?${query}`, { signal })
  }

  rows(request: WireTableRows, signal: AbortSignal): Promise<WireRun> {
    return api.post(`${this.#address}/rows`, request, { signal })
  }

  preview(request: WireTableChanges): Promise<{ readonly statements: readonly string[] }> {
    return api.post(`${this.#address}/changes/preview`, request)
  }

  save(request: WireTableChanges): Promise<WireTableChangesOutcome> {
    return api.post(`${this.#address}/changes`, request)
  }
}
