import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import type { Cancellable } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import { findRows } from './find-rows.ts'
import { ReadingThread } from './reading-thread.ts'
import { ResultEntry } from './result-entry.ts'
import { ownerInDamagedFile, type ResultRecord, readResultFile, writeResultFile } from './result-file.ts'
import type { NewResult, PendingResult, ResultStore, StoredResult } from './result-store.ts'
import { saveBatches } from './save-batches.ts'
import { diskError } from './spool-writer.ts'

export interface ResultStoreOptions {
  /** `<state>/results`, of this store alone while it is open. */
  readonly directory: string
  readonly log: Logger
  /** Default 10 GB. */
  readonly quotaBytes?: number
  /** Unpinned results older than this are swept. Default 30 days. */
  readonly maxAgeMs?: number
  /** Results that must not be swept now, for example because a tab shows them. */
  readonly inUse?: (id: string) => boolean
  /** Whose a result is that does not tell any more. Undefined: nobody's, it is there for the sweep alone. */
  readonly ownerOf?: (id: string) => string | undefined
}

/**
 * Opens the store and finds what is there. Results whose writer died with the last Tusk are failed from now on, with the rows that
 * had come; a result that cannot be read at all is set aside and answers its owner with
 * RESULT_DAMAGED. Neither stops the start.
 */
export async function createResultStore(options: ResultStoreOptions): Promise<ResultStore> {
  const store = new DiskResultStore(options)
  await store.load()
  return store
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** What a result needs for its index and description; without it a result that fills the quota would be swept for those. */
const besideRowsBytes = 64 << 10
/** Granted at the start: most results never ask for more. */
const firstGrantBytes = (1 << 20) - besideRowsBytes
/** Where there is plenty, this much is granted at once. */
const grantBytes = 64 << 20

class DiskResultStore implements ResultStore {
  readonly #directory: string
  readonly #log: Logger
  readonly #quotaBytes: number
  readonly #maxAgeMs: number
  readonly #inUse: (id: string) => boolean
  readonly #ownerOf: (id: string) => string | undefined
  readonly #thread = new ReadingThread()
  readonly #entries = new Map<string, ResultEntry>()
  readonly #damaged = new Map<string, DamagedResult>()
  readonly #saving = new Map<string, Promise<void>>()
  readonly #timer: NodeJS.Timeout
  #sweeping: ReturnType<ResultStore['sweep']> | undefined
  /** Bytes that a sweep is to make free. */
  #missing = 0

  constructor(options: ResultStoreOptions) {
    this.#directory = options.directory
    this.#log = options.log
    this.#quotaBytes = options.quotaBytes ?? 10 * 2 ** 30
    this.#maxAgeMs = options.maxAgeMs ?? 30 * dayMs
    this.#inUse = options.inUse ?? (() => false)
    this.#ownerOf = options.ownerOf ?? (() => undefined)
    this.#timer = setInterval(() => this.#sweepQuietly(), hourMs)
    this.#timer.unref()
  }

  /** STATE_DAMAGED when the directory cannot be used at all. */
  async load(): Promise<void> {
    try {
      await this.#findAll()
    } catch (error) {
      throw diskError(error, this.#directory)
    }
    this.#sweepQuietly()
  }

  async create({ owner, provenance }: NewResult): Promise<PendingResult> {
    await this.#makeRoom(besideRowsBytes + firstGrantBytes)
    if (this.#free() <= besideRowsBytes) {
      throw new TuskError('RESULT_QUOTA', undefined, {
        detail: `${megabytes(this.#quotaBytes - this.#free())} of ${megabytes(this.#quotaBytes)} are in use by results that are pinned, shown in tabs or being stored.`,
        hint: 'Unpin or remove results that are not needed, close tabs, or raise results.quota_mb.',
      })
    }
    this.#thread.warm()
    const id = randomUUID()
    const directory = join(this.#directory, id)
    const record: ResultRecord = {
      format: 1,
      id,
      owner,
      createdAt: new Date().toISOString(),
      provenance,
      state: 'storing',
      rowCount: 0,
      byteCount: 0,
      pinned: false,
    }
    const entry = new ResultEntry(directory, record, this.#thread)
    this.#entries.set(id, entry)
    entry.granted = Math.max(0, Math.min(firstGrantBytes, this.#free()))
    try {
      await mkdir(directory, { mode: 0o700 })
      await writeResultFile(directory, record)
    } catch (error) {
      this.#entries.delete(id)
      await rm(directory, { recursive: true, force: true })
      throw diskError(error, directory)
    }
    return this.#pending(entry)
  }

  save(
    request: NewResult & { readonly schema: Schema },
    batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>,
    options?: Cancellable,
  ): Promise<StoredResult> {
    return saveBatches(one => this.create(one), request, batches, options)
  }

  get(owner: string, id: string): ResultEntry {
    const entry = this.#entries.get(id)
    if (entry?.owner === owner) return entry
    const damaged = this.#damaged.get(id)
    if (damaged?.owner === owner) throw damaged.error
    throw new TuskError('RESULT_NOT_FOUND')
  }

  list(owner: string): readonly StoredResult[] {
    return [...this.#entries.values()]
      .filter(entry => entry.owner === owner)
      .sort((one, other) => other.record.createdAt.localeCompare(one.record.createdAt))
  }

  async remove(owner: string, id: string): Promise<void> {
    if (this.#damaged.get(id)?.owner === owner) {
      this.#damaged.delete(id)
      return await this.#removeDirectory(id)
    }
    const entry = this.get(owner, id)
    if (entry.state === 'storing') {
      throw new TuskError('CONFLICT', 'This result is still being stored.', { hint: 'Cancel its query first.' })
    }
    await this.#removeEntry(entry)
  }

  async setPinned(owner: string, id: string, pinned: boolean): Promise<void> {
    const entry = this.get(owner, id)
    if (entry.pinned === pinned) return
    entry.update({ pinned })
    await this.#save(entry)
  }

  async sweep(): Promise<{ readonly removed: number; readonly freedBytes: number }> {
    this.#sweeping ??= this.#sweepNow().finally(() => {
      this.#sweeping = undefined
    })
    return await this.#sweeping
  }

  usage(): { readonly bytes: number; readonly quotaBytes: number; readonly results: number } {
    let bytes = 0
    for (const one of [...this.#entries.values(), ...this.#damaged.values()]) bytes += one.bytes
    return { bytes, quotaBytes: this.#quotaBytes, results: this.#entries.size }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#sweeping?.catch(() => undefined)
    await Promise.allSettled(this.#saving.values())
    await this.#thread[Symbol.asyncDispose]()
  }

  async #findAll(): Promise<void> {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(this.#directory)) {
      const path = join(this.#directory, name)
      if (name.endsWith(removedSuffix)) await rm(path, { recursive: true, force: true })
      else if (idPattern.test(name) && statSync(path).isDirectory()) await this.#find(name, path)
    }
  }

  async #find(id: string, directory: string): Promise<void> {
    try {
      let record = readResultFile(directory, id)
      if (record.state === 'storing') {
        record = afterStop(record, directory)
        await this.#noteStop(directory, record)
      }
      const entry = new ResultEntry(directory, record, this.#thread)
      entry.bytes = await directoryBytes(directory)
      this.#entries.set(id, entry)
    } catch (error) {
      const known = TuskError.from(error, 'RESULT_DAMAGED')
      this.#log.warn({ result: id, detail: known.detail }, 'a stored result cannot be read and is set aside')
      const { mtimeMs } = await stat(directory)
      this.#damaged.set(id, {
        owner: ownerInDamagedFile(directory) ?? this.#ownerOf(id),
        error: known,
        bytes: await directoryBytes(directory),
        since: mtimeMs,
      })
    }
  }

  async #noteStop(directory: string, record: ResultRecord): Promise<void> {
    try {
      await writeResultFile(directory, record)
    } catch (error) {
      // The next start finds the same.
      this.#log.warn({ result: record.id, err: error }, 'the end of a result could not be written')
    }
  }

  #pending(entry: ResultEntry): PendingResult {
    return {
      id: entry.id,
      directory: entry.directory,
      result: entry,
      room: {
        get granted() {
          return entry.granted
        },
        grant: wanted => this.#grant(entry, wanted),
      },
      started: schema => {
        if (entry.state !== 'storing') return
        entry.update({ schema })
        void this.#saveQuietly(entry)
      },
      progress: ({ rowCount, byteCount, schema }) => {
        if (entry.state !== 'storing') return
        entry.bytes = byteCount
        entry.update({ rowCount, byteCount, ...(schema === undefined ? {} : { schema }) })
      },
      finish: async outcome => {
        if (entry.state !== 'storing') return
        const { state, schema, rowCount, byteCount, affectedRows, command, error } = outcome
        entry.bytes = byteCount
        entry.update({
          state,
          rowCount,
          byteCount,
          provenance: { ...entry.provenance, finishedAt: new Date().toISOString() },
          ...(schema === undefined || entry.record.schema === undefined ? {} : { schema }),
          ...(affectedRows === undefined ? {} : { affectedRows }),
          ...(command === undefined ? {} : { command }),
          ...(error === undefined ? {} : { error: error.toJSON() }),
        })
        await this.#saveQuietly(entry)
        await this.#measure(entry)
      },
    }
  }

  /** Never more than there is: results that are stored at the same time keep to the quota together. */
  async #grant(entry: ResultEntry, wanted: number): Promise<number> {
    await this.#makeRoom(wanted - entry.granted)
    if (entry.state !== 'storing') return entry.granted
    const free = Math.max(0, this.#free())
    // The last of it goes to those who need it, not to the first who asks.
    const more = Math.max(wanted - entry.granted, Math.min(grantBytes, Math.floor(free / 4)))
    entry.granted += Math.max(0, Math.min(more, free))
    return entry.granted
  }

  /** Sweeps when fewer than `bytes` are free; that may not be enough. */
  async #makeRoom(bytes: number): Promise<void> {
    if (bytes <= this.#free()) return
    this.#missing += bytes
    try {
      // One that is on its way may be past the point where it would have seen what is missing now.
      await this.#sweeping
      await this.sweep()
    } catch (error) {
      this.#log.error({ err: error }, 'sweeping results failed')
    } finally {
      this.#missing -= bytes
    }
  }

  /** Bytes that nobody has or may take. */
  #free(): number {
    let taken = 0
    for (const entry of this.#entries.values()) {
      taken += entry.state === 'storing' ? Math.max(entry.granted, entry.bytes) + besideRowsBytes : entry.bytes
    }
    for (const { bytes } of this.#damaged.values()) taken += bytes
    return this.#quotaBytes - taken
  }

  async #measure(entry: ResultEntry): Promise<void> {
    try {
      entry.bytes = await directoryBytes(entry.directory)
    } catch (error) {
      // Removed, or to be measured by the next sweep.
      this.#log.debug({ result: entry.id, err: error }, 'the size of a result could not be read')
    }
  }

  #maySweep(entry: ResultEntry): boolean {
    return !entry.pinned && entry.state !== 'storing' && !this.#inUse(entry.id)
  }

  /** Writes the entry as it is now; one writing at a time, and the last state is always written. */
  async #save(entry: ResultEntry): Promise<void> {
    const saved = (this.#saving.get(entry.id) ?? Promise.resolve()).then(async () => {
      if (this.#entries.get(entry.id) === entry) await writeResultFile(entry.directory, entry.record)
    })
    const settled = saved.catch(() => undefined)
    this.#saving.set(entry.id, settled)
    try {
      await saved
    } catch (error) {
      throw diskError(error, entry.directory)
    } finally {
      if (this.#saving.get(entry.id) === settled) this.#saving.delete(entry.id)
    }
  }

  /** For changes that hold even when they cannot be written: after a restart the result is found as its file says. */
  async #saveQuietly(entry: ResultEntry): Promise<void> {
    try {
      await this.#save(entry)
    } catch (error) {
      this.#log.error({ result: entry.id, error }, 'the state of a result could not be written')
    }
  }

  async #sweepNow(): Promise<{ readonly removed: number; readonly freedBytes: number }> {
    for (const entry of this.#entries.values()) {
      // Views and Parquet files came after the rows.
      if (entry.state !== 'storing') entry.bytes = await directoryBytes(entry.directory)
    }
    let removed = 0
    let freedBytes = 0
    const oldest = Date.now() - this.#maxAgeMs
    for (const { id, bytes, since } of this.#sweepable()) {
      if (since >= oldest && this.#missing <= this.#free()) break
      const entry = this.#entries.get(id)
      if (entry !== undefined) await this.#removeEntry(entry)
      else if (this.#damaged.delete(id)) await this.#removeDirectory(id)
      removed++
      freedBytes += bytes
    }
    if (removed > 0) this.#log.info({ removed, freedBytes }, 'old results were swept')
    return { removed, freedBytes }
  }

  /** Oldest first. */
  #sweepable(): readonly { readonly id: string; readonly bytes: number; readonly since: number }[] {
    const results = [...this.#entries.values()]
      .filter(entry => this.#maySweep(entry))
      .map(({ id, bytes, record }) => ({ id, bytes, since: Date.parse(record.createdAt) }))
    const damaged = [...this.#damaged].map(([id, { bytes, since }]) => ({ id, bytes, since }))
    return [...results, ...damaged].sort((one, other) => one.since - other.since)
  }

  #sweepQuietly(): void {
    this.sweep().catch(error => this.#log.error({ error }, 'sweeping results failed'))
  }

  async #removeEntry(entry: ResultEntry): Promise<void> {
    this.#entries.delete(entry.id)
    await this.#saving.get(entry.id)
    await this.#thread.forget(entry.directory)
    await this.#removeDirectory(entry.id)
  }

  /** Under another name first, so that a stop in the middle does not leave half a result. */
  async #removeDirectory(id: string): Promise<void> {
    const directory = join(this.#directory, id)
    const removed = `${directory}${removedSuffix}`
    try {
      await rename(directory, removed)
      await rm(removed, { recursive: true, force: true })
    } catch (error) {
      if (!isNotThere(error)) throw diskError(error, directory)
    }
  }
}

interface DamagedResult {
  /** Undefined: nothing tells. */
  readonly owner: string | undefined
  readonly error: TuskError
  readonly bytes: number
  readonly since: number
}

const removedSuffix = '.removed'
const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A result whose writer is gone: failed, with every whole batch that had come. */
function afterStop(record: ResultRecord, directory: string): ResultRecord {
  const rows = findRows(directory)
  const rowCount = rows?.rowCount ?? 0
  const error = new TuskError('HOST_DIED', 'Tusk stopped while this result was being stored.', {
    detail: `${rowCount.toLocaleString('en')} rows had come and are kept.`,
    hint: 'Run the query again for all of them.',
  })
  const { schema: _, ...rest } = record
  return { ...rest, ...(rows ?? { rowCount, byteCount: 0 }), state: 'failed', error: error.toJSON() }
}

async function directoryBytes(directory: string): Promise<number> {
  let bytes = 0
  for (const file of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue
    try {
      bytes += (await stat(join(file.parentPath, file.name))).size
    } catch (error) {
      if (!isNotThere(error)) throw error
    }
  }
  return bytes
}

function isNotThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20).toLocaleString('en')} MB`
}
