import type { Socket } from 'node:net'
import type { Notice } from '../../engine/connection.ts'
import type { TuskError } from '../../errors.ts'
import { readReport, readText, terminateMessage } from './protocol-messages.ts'
import { connectionLost, isFatal, noticeOf, queryError } from './server-report.ts'

/** A message of the server, its body without code and length; valid for as long as the holder likes. */
export interface ServerMessage {
  readonly code: string
  readonly body: Buffer
}

/** Takes the rows of the statement under way; see `RowDecoder.read`. */
export interface RowSink {
  /** Reads DataRow messages; gives the position of the first byte not read. */
  read(bytes: Buffer, view: DataView, position: number, end: number): number
  /** True: no more rows for now. The socket is paused until `resume`. */
  readonly isFull: boolean
}

/**
 * The protocol on an authenticated socket: rows go to a sink as they come, every other message waits in a queue for the
 * statement under way. What belongs to no statement (notices, notifications, settings, the server's last words) is kept here.
 */
export class SocketSession {
  readonly #socket: Socket
  readonly #messages: ServerMessage[] = []
  #waiting: PromiseWithResolvers<ServerMessage> | undefined
  #chunks: Buffer[] = []
  #chunkBytes = 0
  /** Bytes needed before the next message is whole. */
  #needed = 5
  #stalled = false
  #lost: TuskError | undefined
  /** A fatal error that came while no statement ran: why the connection is about to be closed. */
  #lastWords: TuskError | undefined
  #heldNotices: Notice[] = []

  rows: RowSink | undefined
  onNotice: ((notice: Notice) => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', error => this.#lose(error))
    socket.on('close', () => this.#lose(undefined))
  }

  /** Set once the connection is gone. */
  get lost(): TuskError | undefined {
    return this.#lost
  }

  send(...messages: readonly Buffer[]): void {
    if (this.#lost !== undefined) throw this.#lost
    this.#socket.write(messages.length === 1 ? messages[0]! : Buffer.concat(messages))
  }

  /** Resolves when the network has taken what was sent, or the connection is gone. */
  async drained(): Promise<void> {
    if (this.#lost !== undefined || !this.#socket.writableNeedDrain) return
    await new Promise<void>(done => {
      const settle = (): void => {
        this.#socket.off('drain', settle)
        this.#socket.off('close', settle)
        done()
      }
      this.#socket.on('drain', settle)
      this.#socket.on('close', settle)
    })
  }

  /** The next message that is not a row. CONNECTION_LOST once there will be none. */
  next(): Promise<ServerMessage> {
    const message = this.#messages.shift()
    if (message !== undefined) return Promise.resolve(message)
    if (this.#lost !== undefined) return Promise.reject(this.#lost)
    this.#waiting = Promise.withResolvers()
    return this.#waiting.promise
  }

  /** Goes on after the sink was full. */
  resume(): void {
    if (!this.#stalled) return
    this.#stalled = false
    this.#process()
    if (!this.#stalled) this.#socket.resume()
  }

  /** Notices that came while no statement ran, handed over once. */
  takeHeldNotices(): readonly Notice[] {
    return this.#heldNotices.splice(0)
  }

  /** Says goodbye and closes; resolves when the socket is closed, at the latest after a second. */
  async close(): Promise<void> {
    const socket = this.#socket
    if (socket.closed) return
    await new Promise<void>(done => {
      socket.once('close', () => done())
      const late = setTimeout(() => socket.destroy(), 1000)
      socket.once('close', () => clearTimeout(late))
      if (this.#lost === undefined && socket.writable) socket.end(terminateMessage)
      else socket.destroy()
      socket.resume()
    })
  }

  /** Gives the connection up. */
  destroy(cause: unknown): void {
    this.#lose(cause)
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#chunkBytes += chunk.length
    // A long message is put together once, when all of it is there.
    if (!this.#stalled && this.#chunkBytes >= this.#needed) this.#process()
  }

  #process(): void {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#chunkBytes)
    const end = bytes.length
    const view = new DataView(bytes.buffer, bytes.byteOffset, end)
    let position = 0
    this.#needed = 5
    while (end - position >= 5) {
      const rows = this.rows
      if (rows !== undefined && bytes[position] === dataRow) {
        if (rows.isFull) {
          this.#stalled = true
          this.#socket.pause()
          break
        }
        const next = rows.read(bytes, view, position, end)
        if (next > position) {
          position = next
          continue
        }
      }
      const length = view.getInt32(position + 1) + 1
      if (end - position < length) {
        this.#needed = length
        break
      }
      if (rows !== undefined && bytes[position] === dataRow) continue
      this.#dispatch(String.fromCharCode(bytes[position]!), bytes.subarray(position + 5, position + length))
      position += length
    }
    this.#chunks = position === end ? [] : [bytes.subarray(position)]
    this.#chunkBytes = end - position
  }

  #dispatch(code: string, body: Buffer): void {
    // Settings are not followed; rows and copied data without a sink are left over from a statement that was cancelled.
    if (code === 'S' || code === 'D' || code === 'd') return
    if (code === 'N') this.#notify(noticeOf(readReport(body)))
    else if (code === 'A') this.#notify(notificationOf(body))
    else {
      const report = code === 'E' ? readReport(body) : undefined
      if (report !== undefined && isFatal(report)) this.#lastWords = queryError(report, '', false)
      this.#deliver({ code, body: Buffer.from(body) })
    }
  }

  #deliver(message: ServerMessage): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#messages.push(message)
    else waiting.resolve(message)
  }

  #notify(notice: Notice): void {
    if (this.onNotice !== undefined) this.onNotice(notice)
    else if (this.#heldNotices.length < mostHeldNotices) this.#heldNotices.push(notice)
  }

  #lose(cause: unknown): void {
    if (this.#lost !== undefined) return
    this.#lost = connectionLost(this.#lastWords ?? cause)
    this.#waiting?.reject(this.#lost)
    this.#waiting = undefined
  }
}

/** The letter D. */
const dataRow = 68
const mostHeldNotices = 100

/** What LISTEN waits for: the sender's process id, the channel, the payload. */
function notificationOf(body: Buffer): Notice {
  const channel = readText(body, 4)
  const payload = readText(body, 4 + Buffer.byteLength(channel) + 1)
  return { severity: 'info', message: `Notification on ${channel}${payload === '' ? '' : `: ${payload}`}` }
}
