import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Cancellable } from '../../engine/engine.ts'
import { TuskError } from '../../errors.ts'
import { writeFileAtomic } from '../../home/write-file-atomic.ts'
import type { HostPool, HostSession } from '../../host/host-pool.ts'
import type { DiffRequest, DiffSummary } from '../diff.ts'
import type { Grouping, Points, PointsRequest } from '../grouping.ts'
import type { ColumnSummary, ResultCompute, ResultView, ViewRequest } from '../result-compute.ts'
import type { ResultStore, StoredResult } from '../result-store.ts'
import { viewFile } from '../spool-format.ts'
import { ComputeHosts } from './compute-hosts.ts'
import { deriveResult } from './derive-result.ts'
import { prepareDiff } from './diff-rows.ts'
import { prepareGroups, readPoints } from './group-rows.ts'
import { abortReason, SharedWork } from './shared-work.ts'
import { summarizeColumn } from './summarize-column.ts'
import { headRows, ViewBuild } from './view-build.ts'
import { type CanonicalView, canonicalView, checkColumn, viewId } from './view-request.ts'
import { writeParquet } from './write-parquet.ts'

export interface ResultComputeOptions {
  readonly hosts: HostPool
  readonly store: ResultStore
  /** For the host that computes; the pool's own limit when absent. */
  readonly memoryLimitMB?: number
}

export function createResultCompute(options: ResultComputeOptions): ResultCompute {
  return new HostedCompute(options)
}

/** Views that are kept beside one result; older ones are made again when asked for. */
const keptViews = 16

class HostedCompute implements ResultCompute {
  readonly #store: ResultStore
  readonly #hosts: ComputeHosts
  readonly #builds = new Map<string, ViewBuild>()
  readonly #parquets = new Map<string, { readonly work: SharedWork; readonly path: Promise<string> }>()
  #closed = false

  constructor(options: ResultComputeOptions) {
    this.#store = options.store
    this.#hosts = new ComputeHosts(options.hosts, options.memoryLimitMB)
  }

  async view(owner: string, resultId: string, request: ViewRequest, options: Cancellable = {}): Promise<ResultView> {
    const result = this.#result(owner, resultId)
    const view = canonicalView(request, result.schema)
    const id = viewId(view)
    const key = buildKey(result, id)
    const rowCount = this.#builds.has(key) ? undefined : await completeRows(result, id)
    if (rowCount !== undefined) return { id, rowCount, state: 'complete', complete: Promise.resolve({ rowCount }) }

    const build = await this.#joinBuild(result, id, view, options.signal)
    const known = await completeRows(result, id)
    return {
      id,
      rowCount: known ?? (view.filter.length === 0 && view.search === undefined ? result.rowCount : undefined),
      state: known === undefined ? 'building' : 'complete',
      complete: build.complete,
    }
  }

  async viewReady(
    owner: string,
    resultId: string,
    view: string,
    options: Cancellable & { readonly rows?: number } = {},
  ): Promise<void> {
    const result = this.#result(owner, resultId)
    const build = this.#builds.get(buildKey(result, view))
    if (build === undefined) {
      await this.#completeRows(result, view)
      return
    }
    const firstPage = options.rows !== undefined && options.rows <= headRows
    await build.wait<unknown>(firstPage ? build.head : build.complete, options.signal)
  }

  async viewState(owner: string, resultId: string, view: string): Promise<{ readonly rowCount: number }> {
    await this.viewReady(owner, resultId, view)
    return { rowCount: await this.#completeRows(this.#result(owner, resultId), view) }
  }

  async rowNumbersFile(owner: string, resultId: string, view: string, options: Cancellable = {}): Promise<string> {
    await this.viewReady(owner, resultId, view, options)
    const result = this.#result(owner, resultId)
    await this.#completeRows(result, view)
    return viewFile(result.directory, view)
  }

  async summary(
    owner: string,
    resultId: string,
    column: number,
    options: Cancellable & { readonly view?: string } = {},
  ): Promise<ColumnSummary> {
    const result = this.#result(owner, resultId)
    checkColumn(column, result.schema)
    const view = await this.#viewRequest(result, options.view)
    return this.#over(owner, resultId, options, (session, _, signal) =>
      summarizeColumn(session, result, column, view, signal),
    )
  }

  async parquet(
    owner: string,
    resultId: string,
    options: Cancellable & { readonly view?: string } = {},
  ): Promise<string> {
    const result = this.#result(owner, resultId)
    if (result.schema.fields.length === 0) throw new TuskError('BAD_REQUEST', 'This result has no columns to write.')
    const view = await this.#viewRequest(result, options.view)
    const path =
      options.view === undefined
        ? join(result.directory, 'rows.parquet')
        : join(result.directory, 'views', `${checkedId(options.view)}.parquet`)
    if ((await sizeOf(path)) !== undefined) return path
    let shared = this.#parquets.get(path)
    while (shared?.work.signal.aborted) {
      await shared.path.catch(() => undefined) // given up by those who asked
      shared = this.#parquets.get(path)
    }
    if (shared === undefined) {
      const work = new SharedWork()
      const written = this.#whenStored(result, work, async () => {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        await this.#hosts.withResult(result.directory, work.signal, session =>
          writeParquet(session, result, view, path, work.signal),
        )
        return path
      }).finally(() => this.#parquets.delete(path))
      written.catch(() => undefined) // those who wait hear it
      shared = { work, path: written }
      this.#parquets.set(path, shared)
    }
    return shared.work.wait(shared.path, options.signal)
  }

  group(owner: string, resultId: string, grouping: Grouping, options: Cancellable = {}): Promise<StoredResult> {
    return this.#over(owner, resultId, options, async (session, result, signal) => {
      const { sql } = await prepareGroups(session, result, grouping, signal)
      const { connectionId, connectionName } = result.provenance
      const provenance = {
        sql: `-- Groups of the rows of:\n${result.provenance.sql}`,
        engine: 'duckdb',
        ...(connectionId === undefined ? {} : { connectionId }),
        ...(connectionName === undefined ? {} : { connectionName }),
        parents: [result.id],
      }
      return deriveResult(this.#store, session, owner, sql, provenance, signal)
    })
  }

  async diff(
    owner: string,
    resultId: string,
    otherId: string,
    request: DiffRequest,
    options: Cancellable = {},
  ): Promise<{ readonly result: StoredResult; readonly summary: DiffSummary }> {
    const other = this.#result(owner, otherId)
    await other.done
    return await this.#over(owner, resultId, options, async (session, result, signal) => {
      await using diff = await prepareDiff(session, result, other, request, signal)
      const provenance = {
        sql: `-- What is different from the rows of:\n${result.provenance.sql}\n-- in the rows of:\n${other.provenance.sql}`,
        engine: 'duckdb',
        parents: [result.id, other.id],
      }
      const made = await deriveResult(this.#store, session, owner, diff.sql, provenance, signal)
      return { result: made, summary: await diff.summary(made) }
    })
  }

  points(owner: string, resultId: string, request: PointsRequest, options: Cancellable = {}): Promise<Points> {
    return this.#over(owner, resultId, options, (session, result, signal) =>
      readPoints(session, result, request, signal),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    const reason = new TuskError('QUERY_CANCELLED', 'Tusk is stopping.')
    for (const build of this.#builds.values()) build.cancel(reason)
    for (const { work } of this.#parquets.values()) work.cancel(reason)
    await Promise.allSettled([
      ...[...this.#builds.values()].map(build => build.complete),
      ...[...this.#parquets.values()].map(({ path }) => path),
    ])
    await this.#hosts[Symbol.asyncDispose]()
  }

  #result(owner: string, resultId: string): StoredResult {
    if (this.#closed) throw new TuskError('QUERY_CANCELLED', 'Tusk is stopping.')
    return this.#store.get(owner, resultId)
  }

  /** Takes part in making a view, until its first page is there. */
  async #joinBuild(
    result: StoredResult,
    id: string,
    view: CanonicalView,
    signal: AbortSignal | undefined,
  ): Promise<ViewBuild> {
    const directory = join(result.directory, 'views')
    const key = buildKey(result, id)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    // Work that everybody gave up is not joined: its end is waited for.
    for (let gone = this.#builds.get(key); gone?.cancelled; gone = this.#builds.get(key)) {
      await gone.complete.catch(() => undefined)
    }
    if (signal?.aborted) throw abortReason(signal)
    const other = this.#builds.get(key)
    if (other !== undefined) {
      await other.wait(other.head, signal)
      return other
    }
    const build = new ViewBuild(this.#hosts, result, id, view)
    this.#builds.set(key, build)
    const forget = () => {
      if (this.#builds.get(key) === build) this.#builds.delete(key)
    }
    build.complete.then(forget, forget)
    const head = build.wait(build.head, signal)
    head.catch(() => undefined) // awaited below, after the request is kept
    // A summary of the view, also after a restart, needs its conditions.
    await writeFileAtomic(requestFile(result, id), JSON.stringify(view))
    await removeOldViews(directory, id)
    await head
    return build
  }

  /** Work of one who asks, over the rows when all are stored. */
  #over<T>(
    owner: string,
    resultId: string,
    { signal }: Cancellable,
    then: (session: HostSession, result: StoredResult, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const result = this.#result(owner, resultId)
    const work = new SharedWork()
    const done = this.#whenStored(result, work, () =>
      this.#hosts.withResult(result.directory, work.signal, session => then(session, result, work.signal)),
    )
    return work.wait(done, signal)
  }

  async #whenStored<T>(result: StoredResult, work: SharedWork, then: () => Promise<T>): Promise<T> {
    try {
      await work.wait(result.done, work.signal)
      return await then()
    } catch (error) {
      throw work.signal.aborted ? abortReason(work.signal) : error
    } finally {
      work.finish()
    }
  }

  async #viewRequest(result: StoredResult, view: string | undefined): Promise<CanonicalView> {
    if (view === undefined) return { sort: [], filter: [] }
    const text = await readFile(requestFile(result, checkedId(view)), 'utf8').catch((error: unknown) => {
      throw unknownView(error)
    })
    return JSON.parse(text) as CanonicalView
  }

  async #completeRows(result: StoredResult, view: string): Promise<number> {
    const rows = await completeRows(result, checkedId(view))
    if (rows === undefined) throw unknownView()
    return rows
  }
}

/** Rows of a view that is on disk as a whole; asking keeps it among the young ones. */
async function completeRows(result: StoredResult, view: string): Promise<number | undefined> {
  const file = viewFile(result.directory, view)
  const size = await sizeOf(file)
  if (size === undefined) return undefined
  const now = new Date()
  await utimes(file, now, now).catch(() => undefined) // removed meanwhile: the reader will say so
  return Math.floor(size / 4)
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function removeOldViews(directory: string, young: string): Promise<void> {
  const views = (await readdir(directory)).flatMap(name => /^([0-9a-f]+)\.u32$/.exec(name)?.[1] ?? [])
  if (views.length < keptViews) return
  const aged = await Promise.all(
    views.map(async view => ({
      view,
      time: (await stat(join(directory, `${view}.u32`)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  )
  aged.sort((one, other) => one.time - other.time)
  for (const { view } of aged.slice(0, views.length - keptViews + 1)) {
    if (view === young) continue
    for (const ending of ['u32', 'json', 'parquet']) await rm(join(directory, `${view}.${ending}`), { force: true })
  }
}

function requestFile(result: StoredResult, view: string): string {
  return join(result.directory, 'views', `${view}.json`)
}

function buildKey(result: StoredResult, view: string): string {
  return `${result.id}/${view}`
}

function checkedId(view: string): string {
  if (!/^[0-9a-f]{32}$/.test(view)) throw unknownView()
  return view
}

function unknownView(cause?: unknown): TuskError {
  if (cause !== undefined && !isMissing(cause)) return TuskError.from(cause)
  return new TuskError('RESULT_NOT_FOUND', 'This view of the result does not exist any more.', { cause })
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
