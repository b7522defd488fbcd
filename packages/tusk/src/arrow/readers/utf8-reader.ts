import { TuskError } from '../../errors.ts'
import type { ColumnData } from '../column-data.ts'
import type { DataField, LogicalType } from '../data-type.ts'
import { numberJson, verbatimJson } from '../text/json-text.ts'
import { NullableReader } from './nullable-reader.ts'

/**
 * Text. Decoding goes by blocks of rows: a block of ASCII is decoded at once and cells are cut out of it, several times
 * faster than a decode for each cell.
 */
export class Utf8Reader extends NullableReader {
  readonly #bytes: Uint8Array
  readonly #offsets: Int32Array
  readonly #logical: LogicalType | undefined
  #block = -1
  #blockStart = 0
  /** Undefined: the block is not ASCII, or long. */
  #blockText: string | undefined

  constructor(field: DataField, data: ColumnData) {
    super(field, data)
    this.#bytes = data.values
    this.#offsets = data.offsets
    this.#logical = field.logical
  }

  protected valueOf(row: number): string {
    return this.textOf(row)
  }

  protected textOf(row: number): string {
    const block = row >> blockBits
    if (block !== this.#block) this.#openBlock(block)
    const start = this.#offsets[row]!
    const end = this.#offsets[row + 1]!
    if (this.#blockText !== undefined) return this.#blockText.slice(start - this.#blockStart, end - this.#blockStart)
    if (end - start > longestString) {
      throw new TuskError('TOO_LARGE', 'A value is too long to be shown as text.', {
        detail: `It has ${end - start} bytes.`,
      })
    }
    return decoder.decode(this.#bytes.subarray(start, end))
  }

  protected override jsonOf(row: number): string {
    const text = this.textOf(row)
    if (this.#logical === 'json') return verbatimJson(text)
    if (this.#logical === 'decimal') return numberJson(text)
    return JSON.stringify(text)
  }

  protected byteLengthOf(row: number): number {
    return this.#offsets[row + 1]! - this.#offsets[row]!
  }

  #openBlock(block: number): void {
    const start = this.#offsets[block << blockBits]!
    const end = this.#offsets[Math.min((block + 1) << blockBits, this.length)]!
    this.#block = block
    this.#blockStart = start
    this.#blockText = undefined
    if (end - start > longestBlock) return
    const text = decoder.decode(this.#bytes.subarray(start, end))
    // Any sequence that is not ASCII gives fewer characters than it has bytes.
    if (text.length === end - start) this.#blockText = text
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const blockBits = 6
const longestBlock = 64 * 1024
/** V8's longest string. */
const longestString = 2 ** 29 - 24
