import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { Transform } from 'node:stream'
import type { Actor } from '../../auth/actor.ts'
import { TuskError } from '../../errors.ts'
import { checkExportOptions } from '../../export/export-options.ts'
import type { Tusk } from '../../plugins/tusk.ts'
import type { WireExport, WireExporter } from '../../wire.ts'

export interface ExportRequest {
  readonly resultId: string
  /** Whose result it is, when somebody shares it with who exports it. Default: the actor's own. */
  readonly owner?: string
  readonly format: string
  readonly view?: string
  /** Option values as they stand in a URL. */
  readonly options: Readonly<Record<string, string>>
  /** Named by the browser, so that it can watch and cancel the download it starts. */
  readonly exportId: string
}

export interface ExportFile {
  readonly name: string
  readonly mimeType: string
  readonly bytes: Readable
}

/** An export as others may know of it. */
export interface ExportAtWork {
  readonly id: string
  readonly owner: { readonly id: string; readonly name: string }
  readonly format: string
  /** ISO 8601. */
  readonly startedAt: string
  /** Written so far. */
  readonly rowCount: number
  readonly byteCount: number
}

interface Running {
  readonly actor: Actor
  readonly format: string
  readonly startedAt: Date
  readonly abort: AbortController
  wire: WireExport
}

const PARQUET: WireExporter = { format: 'parquet', label: 'Parquet', extension: 'parquet', options: [] }
const KEPT = 100

/** Files from stored results, made in a host and streamed through; never a second run of the query. */
export class Exports {
  readonly #tusk: Tusk
  /** By owner and id: an id is chosen by who exports, and says nothing of what others do. */
  readonly #exports = new Map<string, Running>()

  constructor(tusk: Tusk) {
    this.#tusk = tusk
  }

  get formats(): readonly WireExporter[] {
    return [
      ...this.#tusk.exporters.map(({ format, label, extension, options }) => ({ format, label, extension, options })),
      PARQUET,
    ]
  }

  get(actor: Actor, exportId: string): WireExport {
    return this.#running(actor, exportId).wire
  }

  cancel(actor: Actor, exportId: string): void {
    this.#running(actor, exportId).abort.abort(new TuskError('QUERY_CANCELLED', 'The export was cancelled.'))
  }

  /** Exports that are going on, of everybody. */
  atWork(): readonly ExportAtWork[] {
    return [...this.#exports.values()]
      .filter(({ wire }) => wire.state === 'running')
      .map(({ actor: { id, name }, format, startedAt, wire }) => ({
        id: wire.id,
        owner: { id, name },
        format,
        startedAt: startedAt.toISOString(),
        rowCount: wire.rows,
        byteCount: wire.bytes,
      }))
  }

  /** Resolves when bytes can flow. Aborting, or destroying the bytes, ends the work. */
  async start(actor: Actor, request: ExportRequest, signal: AbortSignal): Promise<ExportFile> {
    const result = this.#tusk.results.get(request.owner ?? actor.id, request.resultId)
    const key = keyOf(actor, request.exportId)
    if (this.#exports.has(key)) throw new TuskError('CONFLICT', 'This export is already running.')
    const totalRows = await this.#rowCount(actor, request, result.rowCount, signal)
    this.#tusk.auth?.audit.add(actor, {
      action: 'export',
      target: request.owner === undefined ? (result.provenance.connectionName ?? 'result') : 'shared result',
      details: { result: result.id, format: request.format, rows: totalRows },
    })
    const running: Running = {
      actor,
      format: request.format,
      startedAt: new Date(),
      abort: new AbortController(),
      wire: { id: request.exportId, state: 'running', rows: 0, totalRows, bytes: 0 },
    }
    this.#exports.set(key, running)
    this.#forgetOld()
    try {
      const file = await this.#open(actor, request, running, AbortSignal.any([signal, running.abort.signal]))
      return { ...file, bytes: counted(file.bytes, running) }
    } catch (error) {
      this.#fail(running, error)
      throw error
    }
  }

  #running(actor: Actor, exportId: string): Running {
    const running = this.#exports.get(keyOf(actor, exportId))
    if (running === undefined) throw new TuskError('NOT_FOUND', 'There is no such export.')
    return running
  }

  async #open(actor: Actor, request: ExportRequest, running: Running, signal: AbortSignal): Promise<ExportFile> {
    const owner = request.owner ?? actor.id
    const result = this.#tusk.results.get(owner, request.resultId)
    // Whom something is shared with learns nothing of where it came from.
    const from = request.owner === undefined ? (result.provenance.connectionName ?? 'result') : 'shared'
    const name = `${fileName(from)}-${result.provenance.startedAt.replace(/[:.]/g, '').slice(0, 15)}`
    if (request.format === PARQUET.format) {
      const path = await this.#tusk.compute.parquet(owner, result.id, {
        signal,
        ...(request.view === undefined ? {} : { view: request.view }),
      })
      running.wire = { ...running.wire, rows: running.wire.totalRows }
      return {
        name: `${name}.parquet`,
        mimeType: 'application/vnd.apache.parquet',
        bytes: createReadStream(path, { signal, highWaterMark: 1 << 18 }),
      }
    }
    const exporter = this.#tusk.exporters.find(one => one.format === request.format)
    if (exporter === undefined)
      throw new TuskError('BAD_REQUEST', `There is no format “${request.format}”.`, {
        hint: `Formats: ${this.formats.map(one => one.format).join(', ')}`,
      })
    const rowNumbersFile =
      request.view === undefined
        ? undefined
        : await this.#tusk.compute.rowNumbersFile(owner, result.id, request.view, { signal })
    const { bytes } = await this.#tusk.hosts.export(
      {
        directory: result.directory,
        format: exporter.format,
        options: checkExportOptions(exporter, request.options),
        ...(rowNumbersFile === undefined ? {} : { rowNumbersFile }),
        onProgress: rows => {
          running.wire = { ...running.wire, rows }
        },
      },
      { signal },
    )
    return { name: `${name}.${exporter.extension}`, mimeType: exporter.mimeType, bytes }
  }

  async #rowCount(actor: Actor, request: ExportRequest, rows: number, signal: AbortSignal): Promise<number> {
    if (request.view === undefined) return rows
    const owner = request.owner ?? actor.id
    await this.#tusk.compute.viewReady(owner, request.resultId, request.view, { signal })
    return (await this.#tusk.compute.viewState(owner, request.resultId, request.view)).rowCount
  }

  #fail(running: Running, error: unknown): void {
    const known = TuskError.from(error)
    running.wire = {
      ...running.wire,
      state: known.code === 'QUERY_CANCELLED' ? 'cancelled' : 'failed',
      error: known.toJSON(),
    }
  }

  #forgetOld(): void {
    const ended = [...this.#exports].filter(([, running]) => running.wire.state !== 'running')
    for (const [id] of ended.slice(0, Math.max(0, ended.length - KEPT))) this.#exports.delete(id)
  }
}

/** Passes the bytes on, counts them, and notes how the export ended. */
function counted(bytes: Readable, running: Running): Readable {
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      running.wire = { ...running.wire, bytes: running.wire.bytes + chunk.length }
      done(null, chunk)
    },
    flush(done) {
      running.wire = { ...running.wire, state: 'complete', rows: running.wire.totalRows }
      done()
    },
    destroy(error, done) {
      bytes.destroy()
      if (running.wire.state === 'running')
        running.wire = {
          ...running.wire,
          state: running.abort.signal.aborted || error === null ? 'cancelled' : 'failed',
          ...(error === null ? {} : { error: TuskError.from(error).toJSON() }),
        }
      done(error)
    },
  })
  bytes.once('error', error => counter.destroy(error))
  return bytes.pipe(counter)
}

function fileName(name: string): string {
  return name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N} ._-]/gu, '_')
    .slice(0, 60)
}

function keyOf(actor: Actor, exportId: string): string {
  return `${actor.id} ${exportId}`
}
