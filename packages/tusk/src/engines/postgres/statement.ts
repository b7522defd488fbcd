import type { RecordBatch } from '../../arrow/record-batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { QueryOptions } from '../../engine/connection.ts'
import type { ResultStream } from '../../engine/result-stream.ts'
import { TuskError } from '../../errors.ts'
import { cancelledBy } from './cancelled-by.ts'
import type { ColumnPlan } from './decoding.ts'
import {
  bindMessage,
  type ColumnDescription,
  copyFailMessage,
  describeStatement,
  executeMessage,
  flushMessage,
  parseMessage,
  readReport,
  readRowDescription,
  readText,
  syncMessage,
} from './protocol-messages.ts'
import { RowDecoder } from './row-decoder.ts'
import { connectionLost, queryError } from './server-report.ts'
import type { ServerMessage, SocketSession } from './socket-session.ts'

/** What a statement needs of the connection that runs it. */
export interface StatementHost {
  readonly session: SocketSession
  readonly readOnly: boolean
  /** Asks the server to cancel what runs; resolves when that cannot hit a later statement any more. */
  requestCancel(): Promise<void>
  /** Called at each ReadyForQuery: I, T or E. */
  onReady(status: string): void
  /** How the columns are asked for and read. May ask the catalog, in turns of its own on the same session. */
  plan(columns: readonly ColumnDescription[]): Promise<readonly ColumnPlan[]> | readonly ColumnPlan[]
}

/** Rows on their way: batches that wait for the reader. With these the server is asked to wait too. */
const mostWaitingBatches = 2
const firstRows = 200
/** A batch is handed on at this size even when it could hold more rows. */
const batchBytes = 16 * 1024 * 1024
/** How long rows may wait for more: the first ones, and later ones. */
const firstPatience = 20
const laterPatience = 250
/** After a cancel that does not work the connection is given up. */
const cancelPatience = 5000
const cancelAgain = 200

/** One statement, from Parse to ReadyForQuery, running by itself; the reader takes batches as they are ready. */
export class Statement implements ResultStream {
  schema: Schema = { fields: [] }
  affectedRows: number | undefined
  command: string | undefined

  readonly #host: StatementHost
  readonly #sql: string
  readonly #options: QueryOptions
  readonly #known = Promise.withResolvers<void>()
  readonly #batches: RecordBatch[] = []
  #decoder: RowDecoder | undefined
  #timer: NodeJS.Timeout | undefined
  #handedOn = 0
  #error: TuskError | undefined
  #cancel: Promise<void> | undefined
  /** Set at ReadyForQuery: there is nothing to cancel any more. */
  #isSettled = false
  readonly #settled = Promise.withResolvers<void>()
  #ended = false
  #isRead = false
  #wake: (() => void) | undefined
  /** Resolves when the connection is free for the next statement. Never rejects. */
  readonly done: Promise<void>

  constructor(host: StatementHost, sql: string, options: QueryOptions) {
    this.#host = host
    this.#sql = sql
    this.#options = options
    this.#known.promise.catch(() => {})
    this.done = this.#run()
  }

  /** Resolves when the columns are known; rejects when the statement failed before that. */
  get columnsKnown(): Promise<void> {
    return this.#known.promise
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RecordBatch, void, undefined> {
    if (this.#isRead) throw new TuskError('INTERNAL', 'The rows of a statement can be read only once.')
    this.#isRead = true
    try {
      for (;;) {
        if (this.#options.signal?.aborted) throw cancelledBy(this.#options.signal)
        const batch = this.#batches.shift()
        if (batch !== undefined) {
          this.#host.session.resume()
          yield batch
          continue
        }
        if (this.#ended) break
        const { promise, resolve } = Promise.withResolvers<void>()
        this.#wake = resolve
        this.#host.session.resume()
        await promise
      }
      await this.done
      if (this.#error !== undefined) throw this.#error
    } finally {
      await this[Symbol.asyncDispose]()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#stop(undefined)
    this.#batches.length = 0
    await this.done
  }

  async #run(): Promise<void> {
    const { signal } = this.#options
    const { session } = this.#host
    const abort = () => this.#stop(cancelledBy(signal!))
    session.onNotice = this.#options.onNotice
    for (const notice of session.takeHeldNotices()) this.#options.onNotice?.(notice)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      if (signal?.aborted) this.#error = cancelledBy(signal)
      else await this.#execute()
    } catch (error) {
      this.#error ??= TuskError.from(error)
      // What failed is not the statement but our own part: nobody knows what the server will answer next.
      session.destroy(error)
    } finally {
      this.#settled.resolve()
      this.#isSettled = true
      signal?.removeEventListener('abort', abort)
      clearTimeout(this.#timer)
      session.rows = undefined
      session.onNotice = undefined
    }
    // A cancel that is still on its way would hit the next statement.
    await this.#cancel
    this.#end()
  }

  #end(): void {
    this.#ended = true
    if (this.#error === undefined) this.#known.resolve()
    else this.#known.reject(this.#error)
    this.#wakeReader()
  }

  async #execute(): Promise<void> {
    const { session } = this.#host
    session.send(parseMessage('', this.#sql), describeStatement(''), flushMessage)
    const columns = await this.#describe()
    if (columns === undefined) return
    const plans = await this.#host.plan(columns)
    if (this.#error !== undefined) {
      session.send(syncMessage)
      return this.#untilReady()
    }
    if (plans.length > 0) this.#startRows(plans)
    const formats = plans.map(plan => plan.format)
    session.send(bindMessage('', this.#options.parameters ?? [], formats), executeMessage(), syncMessage)
    this.#known.resolve()
    return this.#untilReady()
  }

  /** The columns, none for a statement that gives no rows; undefined when it failed, all answers taken. */
  async #describe(): Promise<readonly ColumnDescription[] | undefined> {
    for (;;) {
      const message = await this.#host.session.next()
      if (message.code === 'T') return readRowDescription(message.body)
      if (message.code === 'n') return []
      if (message.code === 'E') {
        this.#fail(message)
        this.#host.session.send(syncMessage)
        await this.#untilReady()
        return undefined
      }
    }
  }

  async #untilReady(): Promise<void> {
    const { session } = this.#host
    for (;;) {
      const message = await session.next()
      switch (message.code) {
        case 'Z':
          this.#host.onReady(String.fromCharCode(message.body[0]!))
          this.#handOn()
          return
        case 'E':
          this.#fail(message)
          break
        case 'C':
          this.#complete(readText(message.body))
          break
        case 'G':
          this.#error ??= copyRefused()
          // The server has skipped the Sync that was sent already.
          session.send(copyFailMessage('COPY FROM STDIN is not supported here'), syncMessage)
          break
        case 'H':
          this.#stop(copyRefused())
          break
      }
    }
  }

  #fail(message: ServerMessage): void {
    const error = queryError(readReport(message.body), this.#sql, this.#host.readOnly)
    // After our own cancel the server's "canceling statement" only confirms it; a stopped reader asked for no error.
    if (this.#cancel === undefined) this.#error ??= error.code === 'CONNECTION_LOST' ? connectionLost(error) : error
  }

  /** `SELECT 5`, `INSERT 0 5`, `CREATE TABLE`. */
  #complete(tag: string): void {
    const words = tag.split(' ')
    this.command = words.filter(word => !/^\d+$/.test(word)).join(' ')
    const count = words.at(-1)!
    // A SELECT without columns is what CREATE TABLE AS says.
    const counted =
      /^(INSERT|UPDATE|DELETE|MERGE|COPY)$/.test(this.command) ||
      (this.command === 'SELECT' && this.#decoder === undefined)
    if (counted && /^\d+$/.test(count)) this.affectedRows = Number(count)
  }

  #startRows(plans: readonly ColumnPlan[]): void {
    const decoder = new RowDecoder(plans)
    this.#decoder = decoder
    this.schema = decoder.schema
    const statement = this
    this.#host.session.rows = {
      get isFull() {
        return statement.#batches.length >= mostWaitingBatches && isLarge(decoder)
      },
      read: (bytes, view, position, end) => {
        try {
          return this.#readRows(decoder, bytes, view, position, end)
        } catch (error) {
          this.#stop(TuskError.from(error))
          return position
        }
      },
    }
  }

  #readRows(decoder: RowDecoder, bytes: Buffer, view: DataView, position: number, end: number): number {
    for (;;) {
      const next = decoder.read(bytes, view, position, end)
      const progressed = next > position
      position = next
      if (decoder.mustFinish) {
        this.#handOn()
        continue
      }
      if (this.#batches.length >= mostWaitingBatches) return position
      if (isLarge(decoder) || (this.#handedOn === 0 && decoder.rowCount >= firstRows)) {
        this.#handOn()
        if (progressed) continue
      }
      this.#waitForMore()
      return position
    }
  }

  /** Rows that have come are shown although more may follow. */
  #waitForMore(): void {
    if (this.#timer !== undefined || this.#decoder?.rowCount === 0) return
    const patience = this.#handedOn === 0 ? firstPatience : laterPatience
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#batches.length < mostWaitingBatches) this.#handOn()
    }, patience)
  }

  #handOn(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const decoder = this.#decoder
    if (decoder === undefined || this.#host.session.rows === undefined) return
    if (decoder.rowCount === 0 && !decoder.mustFinish) return
    this.#batches.push(decoder.finish())
    this.#handedOn++
    this.#wakeReader()
  }

  #wakeReader(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  /** Ends the statement at the server; rows that come still are dropped. `error` is what the reader gets, if anything. */
  #stop(error: TuskError | undefined): void {
    if (this.#isSettled || this.#cancel !== undefined) return
    this.#error ??= error
    this.#batches.length = 0
    this.#cancel = this.#cancelUntilSettled()
    this.#host.session.rows = undefined
    this.#host.session.resume()
  }

  /** A request that comes before the server has begun the statement is lost, so it is made again. */
  async #cancelUntilSettled(): Promise<void> {
    const giveUp = setTimeout(() => {
      this.#host.session.destroy(new Error('The server did not stop the query.'))
    }, cancelPatience)
    while (!this.#isSettled) {
      await this.#host.requestCancel()
      const { promise, resolve } = Promise.withResolvers<void>()
      const again = setTimeout(resolve, cancelAgain)
      await Promise.race([this.#settled.promise, promise])
      clearTimeout(again)
    }
    clearTimeout(giveUp)
  }
}

function isLarge(decoder: RowDecoder): boolean {
  return decoder.isFull || decoder.byteLength >= batchBytes
}

function copyRefused(): TuskError {
  return new TuskError('UNSUPPORTED', 'COPY to or from the client is not supported here.', {
    hint: 'Use SELECT and export its result, or COPY to a file on the server.',
  })
}
