import { TuskError } from '../../errors.ts'
import type { ColumnValue } from '../builder.ts'
import { bytesOf } from '../column-data.ts'
import type { DataField } from '../data-type.ts'
import type { FieldNode } from '../record-batch.ts'
import { BuilderState, outOfRange } from './builder-state.ts'

/**
 * Builds utf8 and binary columns. A hot path calls `reserve`, writes at `used`, raises `used` and sets
 * `offsets[row + 1] = used` for every row, null ones too. Text must be whole UTF-8: it is stored as given.
 */
export class VariableWidthBuilder extends BuilderState {
  offsets: Int32Array
  bytes: Uint8Array
  used = 0
  readonly #text: boolean

  constructor(field: DataField, capacity: number) {
    super(field, capacity)
    this.#text = field.type.kind === 'utf8'
    this.offsets = new Int32Array(this.capacity + 1)
    this.bytes = new Uint8Array(Math.max(64, this.capacity * 8))
  }

  get byteLength(): number {
    return this.used + this.length * 4 + (this.length >> 3)
  }

  /** Room for `length` more bytes at `used`; gives `bytes`, which it may have replaced. TOO_LARGE past 2 GiB a batch. */
  reserve(length: number): Uint8Array {
    const needed = this.used + length
    if (needed > this.bytes.length) {
      if (needed > mostBytes) {
        throw new TuskError('TOO_LARGE', `Column "${this.field.name}" holds too much text for one batch.`, {
          detail: 'One batch of rows may hold up to 2 GiB of a column.',
        })
      }
      const bytes = new Uint8Array(Math.min(mostBytes, Math.max(needed, this.bytes.length * 2)))
      bytes.set(this.bytes.subarray(0, this.used))
      this.bytes = bytes
    }
    return this.bytes
  }

  override appendNull(): void {
    const row = this.startRow()
    this.setNull(row)
    this.offsets[row + 1] = this.used
    this.length++
  }

  append(value: ColumnValue): void {
    if (value === null) {
      this.appendNull()
      return
    }
    const row = this.startRow()
    if (typeof value === 'string' && this.#text) this.#writeText(value)
    else if (value instanceof Uint8Array) {
      this.reserve(value.length).set(value, this.used)
      this.used += value.length
    } else throw outOfRange(this.field, value)
    this.offsets[row + 1] = this.used
    this.length++
  }

  finish(): { readonly nodes: readonly FieldNode[]; readonly buffers: readonly Uint8Array[] } {
    const offsets = bytesOf(this.offsets.subarray(0, this.length + 1))
    const values = this.bytes.subarray(0, this.used)
    const { node, validity } = this.finishRows()
    if (node.length !== 0 || this.used !== 0) {
      this.offsets = new Int32Array(this.capacity + 1)
      this.bytes = new Uint8Array(Math.max(64, this.capacity * 8, Math.min(this.used, largestGuess)))
      this.used = 0
    }
    return { nodes: [node], buffers: [validity, offsets, values] }
  }

  protected override resize(capacity: number): void {
    const offsets = new Int32Array(capacity + 1)
    offsets.set(this.offsets)
    this.offsets = offsets
  }

  #writeText(text: string): void {
    // A UTF-16 unit is at most 3 bytes; short text is reserved at its worst, long text is measured by writing.
    const worst = text.length * 3
    if (worst > 4096 && this.used + worst > this.bytes.length) {
      const encoded = encoder.encode(text)
      this.reserve(encoded.length).set(encoded, this.used)
      this.used += encoded.length
      return
    }
    const bytes = this.reserve(worst)
    let at = this.used
    if (text.length < 24) {
      let index = 0
      for (; index < text.length; index++) {
        const unit = text.charCodeAt(index)
        if (unit > 127) break
        bytes[at++] = unit
      }
      if (index === text.length) {
        this.used = at
        return
      }
    }
    this.used += encoder.encodeInto(text, bytes.subarray(this.used)).written
  }
}

const encoder = new TextEncoder()
/** Offsets are int32. */
const mostBytes = 2 ** 31 - 1
/** The next batch is taken to be about as large as this one, within reason. */
const largestGuess = 64 * 1024 * 1024
