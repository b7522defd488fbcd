import { rm } from 'node:fs/promises'
import { mountedColumnNames } from '../../engines/duckdb/mount.ts'
import type { HostSession } from '../../host/host-pool.ts'
import type { StoredResult } from '../result-store.ts'
import { viewFile, viewHeadFile } from '../spool-format.ts'
import { checkValues } from './check-values.ts'
import { type ComputeHosts, mountedResult } from './compute-hosts.ts'
import { SharedWork } from './shared-work.ts'
import type { CanonicalView } from './view-request.ts'
import { rowNumber, viewSql } from './view-sql.ts'

/** Rows of a view's first page: as many as the grid asks for at once. A top-N of 1,000 takes half as long again. */
export const headRows = 200

/** Below so many rows the whole order is there as soon as its first page. */
const headFrom = 50_000

/** How long the first rows that pass a filter are looked for before all of them are. */
const headPatienceMs = 150

/** A view on its way: first its first page, then all of it. Both are files beside the result, each there whole or not at all. */
export class ViewBuild {
  /** Settles when the first page can be read; the complete order may come without it. */
  readonly head: Promise<void>
  readonly complete: Promise<{ readonly rowCount: number }>
  readonly #work = new SharedWork()

  constructor(hosts: ComputeHosts, result: StoredResult, id: string, view: CanonicalView) {
    const head = Promise.withResolvers<void>()
    this.head = head.promise
    this.complete = this.#build(hosts, result, id, view, head.resolve)
    this.complete.then(() => head.resolve(), head.reject)
    // Who waits hears of a failure; nobody has to.
    this.head.catch(() => undefined)
    this.complete.catch(() => undefined)
  }

  /** Given up by all who asked: whoever asks now starts anew, when this one is over. */
  get cancelled(): boolean {
    return this.#work.signal.aborted
  }

  wait<T>(part: Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#work.wait(part, signal)
  }

  cancel(reason: Parameters<SharedWork['cancel']>[0]): void {
    this.#work.cancel(reason)
  }

  async #build(
    hosts: ComputeHosts,
    result: StoredResult,
    id: string,
    view: CanonicalView,
    headReady: () => void,
  ): Promise<{ readonly rowCount: number }> {
    const { signal } = this.#work
    const head = viewHeadFile(result.directory, id)
    try {
      await this.#work.wait(result.done, signal)
      const { count } = await hosts.withResult(result.directory, signal, async session => {
        const sql = viewSql(mountedResult, result.schema, view)
        await checkValues(session, sql.checks, signal)
        if (result.rowCount > headFrom) {
          if (await writeHead(session, result, view, head, signal)) headReady()
        }
        const keys = view.sort.map(({ column }) => column)
        return session.rowNumbers(
          `SELECT ${rowNumber} ${sql.from(keys)} ${sql.orderBy}`,
          viewFile(result.directory, id),
          {
            signal,
          },
        )
      })
      return { rowCount: count }
    } finally {
      this.#work.finish()
      await rm(head, { force: true })
    }
  }
}

/** False when the first page is not worth waiting for. */
async function writeHead(
  session: HostSession,
  result: StoredResult,
  view: CanonicalView,
  file: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (view.sort.length !== 0) {
    const sql = viewSql(mountedResult, result.schema, view)
    const rows = `SELECT ${rowNumber} ${sql.from(view.sort.map(({ column }) => column))} ${sql.orderBy} LIMIT ${headRows}`
    await session.rowNumbers(rows, file, { signal })
    return true
  }
  // Rows come in their order here, and no more are read than needed; where few pass, the whole is soon there anyway.
  const names = mountedColumnNames(result.schema).map(name => `"${name.replaceAll('"', '""')}"`)
  const { where } = viewSql(mountedResult, result.schema, view, column => names[column]!)
  const late = AbortSignal.timeout(headPatienceMs)
  try {
    const rows = `SELECT ${rowNumber} FROM ${mountedResult} ${where} LIMIT ${headRows}`
    await session.rowNumbers(rows, file, { signal: AbortSignal.any([signal, late]) })
    return true
  } catch (error) {
    if (signal.aborted || !late.aborted) throw error
    return false
  }
}
