import { randomUUID } from 'node:crypto'
import { createWriteStream, mkdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Actor } from '../../../auth/actor.ts'
import type { BelongingKeeper } from '../../../auth/belongings.ts'
import type { Cancellable } from '../../../engine/engine.ts'
import { TuskError } from '../../../errors.ts'
import { diskError } from '../../../home/disk-error.ts'
import type { HostSession } from '../../../host/host-pool.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import type { StoredResult } from '../../../results/result-store.ts'
import type { WireImport, WireImportOptions } from '../../../wire.ts'
import { type FileFormat, formatOf } from './file-format.ts'
import { describeSql, rejectedSql, rowsSql, sniffSql } from './read-sql.ts'

interface Upload {
  readonly id: string
  readonly owner: string
  readonly name: string
  readonly path: string
  readonly format: FileFormat
  bytes: number
  timer: NodeJS.Timeout | undefined
}

/** A file that nobody reads for so long is removed. */
const KEPT_MS = 3_600_000
/** Of one person at a time. */
const MOST_FILES = 20

/** Files of people on their way into results: uploaded, looked at, read by DuckDB in a host. The file goes when it is read, or after an hour. */
export class Imports implements Disposable {
  readonly #tusk: Pick<Tusk, 'hosts' | 'results' | 'engines' | 'auth' | 'log'>
  readonly #directory: string
  readonly #uploads = new Map<string, Upload>()

  constructor(tusk: Pick<Tusk, 'hosts' | 'results' | 'engines' | 'auth' | 'log' | 'stateFile'>) {
    this.#tusk = tusk
    this.#directory = join(tusk.stateFile('uploads'), 'imports')
    // What an earlier studio left belongs to nobody any more.
    rmSync(this.#directory, { recursive: true, force: true })
  }

  /** What people have here goes with them. */
  get belongings(): BelongingKeeper {
    const of = (person: string): Upload[] => [...this.#uploads.values()].filter(({ owner }) => owner === person)
    return {
      what: 'uploaded files',
      count: person => of(person).length,
      remove: async (_by, { id }) => {
        for (const upload of of(id)) await this.#drop(upload)
      },
    }
  }

  /**
   * Takes a file in and says what is in it. UNSUPPORTED for one that cannot be read, DISK_FULL, TOO_MANY, QUERY_FAILED with the reason where it is
   * not what its name says; then nothing is kept. Aborting ends it.
   */
  async upload(actor: Actor, name: string, content: Readable, options: Cancellable = {}): Promise<WireImport> {
    const { format, ending } = formatOf(name)
    const own = [...this.#uploads.values()].filter(({ owner }) => owner === actor.id)
    if (own.length >= MOST_FILES) await this.#drop(own[0]!)
    const id = randomUUID()
    const upload: Upload = {
      id,
      owner: actor.id,
      name: name.slice(0, 200),
      path: join(this.#directory, `${id}${ending}`),
      format,
      bytes: 0,
      timer: undefined,
    }
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 })
    this.#uploads.set(id, upload)
    try {
      await pipeline(
        content,
        async function* count(source: AsyncIterable<Buffer>) {
          for await (const piece of source) {
            upload.bytes += piece.length
            yield piece
          }
        },
        createWriteStream(upload.path, { mode: 0o600 }),
        { signal: options.signal },
      )
      return await this.describe(actor, id, {}, options)
    } catch (error) {
      await this.#drop(upload)
      throw diskError(error, upload.path) ?? error
    }
  }

  /** Columns and types that the file has when it is read like this. NOT_FOUND, BAD_REQUEST for types that are none. */
  async describe(
    actor: Actor,
    id: string,
    options: WireImportOptions,
    cancellable: Cancellable = {},
  ): Promise<WireImport> {
    const upload = this.#upload(actor, id)
    checkTypes(options)
    await using session = await this.#open(cancellable)
    const look = async (sql: string): Promise<readonly (readonly (string | null)[])[]> => {
      try {
        return await session.rows(sql, { ...cancellable, limit: 20_000 })
      } catch (error) {
        throw withoutPath(error, upload)
      }
    }
    const [dialect] = upload.format === 'csv' ? await look(sniffSql(upload.path)) : []
    const found = {
      ...(dialect === undefined
        ? {}
        : { delimiter: dialect[0] ?? ',', quote: plain(dialect[1]), header: dialect[2] === 'true' }),
      ...options,
    }
    const columns = await look(describeSql(upload.path, upload.format, found))
    this.#keepAWhile(upload)
    return {
      id,
      name: upload.name,
      bytes: upload.bytes,
      format: upload.format,
      options: found,
      columns: columns.map(([columnName, type]) => ({ name: columnName ?? '', type: type ?? 'VARCHAR' })),
    }
  }

  /**
   * The rows as a result, and what did not fit as another one, if there is any; complete when this resolves. The file stays for another try
   * until it is discarded. Aborting ends it, and nothing of it is kept.
   */
  async read(
    actor: Actor,
    id: string,
    options: WireImportOptions,
    cancellable: Cancellable = {},
  ): Promise<{ readonly rows: StoredResult; readonly rejected?: StoredResult }> {
    const upload = this.#upload(actor, id)
    checkTypes(options)
    clearTimeout(upload.timer)
    try {
      await using session = await this.#open(cancellable)
      const rows = await this.#store(actor, session, upload, rowsSql(upload.path, upload.format, options), cancellable)
      const sql = rejectedSql(upload.path, upload.format, options)
      const rejected = sql === undefined ? undefined : await this.#store(actor, session, upload, sql, cancellable)
      this.#tusk.auth?.audit.add(actor, { action: 'import', target: upload.name, details: { rows: rows.rowCount } })
      if (rejected === undefined) return { rows }
      if (rejected.rowCount > 0) return { rows, rejected }
      await this.#tusk.results.remove(actor.id, rejected.id)
      return { rows }
    } finally {
      this.#keepAWhile(upload)
    }
  }

  /** NOT_FOUND. */
  async discard(actor: Actor, id: string): Promise<void> {
    await this.#drop(this.#upload(actor, id))
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#uploads.values()) clearTimeout(timer)
    this.#uploads.clear()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  #upload(actor: Actor, id: string): Upload {
    const upload = this.#uploads.get(id)
    if (upload?.owner !== actor.id)
      throw new TuskError('NOT_FOUND', 'This file is not here any more.', { hint: 'Choose it once more.' })
    return upload
  }

  #keepAWhile(upload: Upload): void {
    clearTimeout(upload.timer)
    upload.timer = setTimeout(() => {
      this.#drop(upload).catch((error: unknown) => this.#tusk.log.warn({ err: error }, 'an uploaded file stays'))
    }, KEPT_MS).unref()
  }

  async #drop(upload: Upload): Promise<void> {
    clearTimeout(upload.timer)
    this.#uploads.delete(upload.id)
    await rm(upload.path, { force: true })
  }

  async #open(options: Cancellable): Promise<HostSession> {
    const engine = this.#tusk.engines.find(({ id }) => id === 'duckdb')
    if (engine === undefined) throw new TuskError('DRIVER_MISSING', 'DuckDB, which reads files, is not there.')
    const session = await this.#tusk.hosts.openSession(
      { engine, config: { path: ':memory:' }, connectionId: 'imports', label: 'imports' },
      options,
    )
    await session.rows(`SET TimeZone = 'UTC'`, options)
    return session
  }

  async #store(
    actor: Actor,
    session: HostSession,
    upload: Upload,
    sql: string,
    { signal }: Cancellable,
  ): Promise<StoredResult> {
    const { results } = this.#tusk
    const shown = sql.replaceAll(upload.path, upload.name.replaceAll("'", "''"))
    const pending = await results.create({
      owner: actor.id,
      provenance: { sql: shown, engine: 'duckdb', connectionName: upload.name, startedAt: new Date().toISOString() },
    })
    try {
      const run = await session.run(
        { sql, directory: pending.directory, room: pending.room, onProgress: progress => pending.progress(progress) },
        signal === undefined ? {} : { signal },
      )
      pending.started(run.schema)
      const { error, transaction: _, ...outcome } = await run.done
      await pending.finish({ ...outcome, ...(error === undefined ? {} : { error }) })
      if (error !== undefined) throw error
      return pending.result
    } catch (error) {
      const known = withoutPath(error, upload)
      if (pending.result.state === 'storing')
        await pending.finish({ state: 'failed', rowCount: 0, byteCount: 0, error: known })
      await results.remove(actor.id, pending.id)
      throw known
    }
  }
}

/** DuckDB says “(empty)” for none. */
function plain(text: string | null | undefined): string {
  return text === undefined || text === null || text === '(empty)' ? '' : text
}

/** Where the file lies here is nobody's business. */
function withoutPath(error: unknown, { path, name }: Upload): TuskError {
  const known = TuskError.from(error)
  const hidden = (text: string): string => text.replaceAll(path, name)
  return new TuskError(known.code, hidden(known.message), {
    ...(known.detail === undefined ? {} : { detail: hidden(known.detail) }),
    ...(known.hint === undefined ? {} : { hint: hidden(known.hint) }),
    cause: error,
  })
}

/** Types go into the SQL as they are: only what can be nothing else may. */
function checkTypes({ columns = [] }: WireImportOptions): void {
  for (const { name, type } of columns)
    if (!typePattern.test(type) || type.length > 10_000)
      throw new TuskError('BAD_REQUEST', `“${type}” is no type for “${name}”.`, {
        hint: 'For example: VARCHAR, BIGINT, DOUBLE, DECIMAL(18,2), DATE, TIMESTAMP, BOOLEAN.',
      })
}

const typePattern = /^[A-Za-z][A-Za-z0-9_ ]*(?:\(\s*\d+\s*(?:,\s*\d+\s*)?\))?(?:\[\d*\])*$/
