import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { ByteSource } from '../arrow/ipc.ts'
import { TuskError } from '../errors.ts'

/** A file open for synchronous reads by position. It stays readable when it is replaced or removed by name. */
export class PositionedFile implements Disposable {
  readonly path: string
  readonly inode: number
  #descriptor: number | undefined

  /** RESULT_DAMAGED when there is no such file. */
  constructor(path: string) {
    this.path = path
    try {
      this.#descriptor = openSync(path, 'r')
      this.inode = fstatSync(this.#descriptor).ino
    } catch (error) {
      throw damaged(path, error instanceof Error ? error.message : String(error), error)
    }
  }

  /** Bytes in the file now. */
  size(): number {
    return fstatSync(this.#open).size
  }

  /** Fills `target` from `position` on. RESULT_DAMAGED when the file ends before. */
  readInto(target: Uint8Array, position: number): void {
    let done = 0
    while (done < target.byteLength) {
      const length = Math.min(target.byteLength - done, maxReadLength)
      const read = readSync(this.#open, target, done, length, position + done)
      if (read === 0) throw damaged(this.path, `It ends at byte ${position + done}, in the middle of a batch.`)
      done += read
    }
  }

  /** At most `byteLength` bytes from `position` on; fewer at the end of the file. */
  read(position: number, byteLength: number): Uint8Array {
    const target = new Uint8Array(byteLength)
    let done = 0
    while (done < byteLength) {
      const read = readSync(this.#open, target, done, Math.min(byteLength - done, maxReadLength), position + done)
      if (read === 0) return target.subarray(0, done)
      done += read
    }
    return target
  }

  /** The bytes that are there now, for walking. */
  asByteSource(): ByteSource {
    return { byteLength: this.size(), read: (position, byteLength) => this.read(position, byteLength) }
  }

  [Symbol.dispose](): void {
    if (this.#descriptor === undefined) return
    closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  get #open(): number {
    if (this.#descriptor === undefined) throw new TuskError('INTERNAL', `${this.path} was closed.`)
    return this.#descriptor
  }
}

/** Node refuses to read more than 2 GiB at once. */
const maxReadLength = 1 << 30

function damaged(path: string, detail: string, cause?: unknown): TuskError {
  return new TuskError('RESULT_DAMAGED', 'The stored rows cannot be read.', {
    detail: `${path}: ${detail}`,
    hint: 'Run the query again.',
    cause,
  })
}
