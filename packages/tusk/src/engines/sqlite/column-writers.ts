import { bitAt, setBit } from '../../arrow/bitmap.ts'
import { FixedWidthBuilder, VariableWidthBuilder } from '../../arrow/builders.ts'
import type { DataField } from '../../arrow/data-type.ts'
import type { FieldNode } from '../../arrow/record-batch.ts'
import { float64Text } from '../../arrow/text/float-text.ts'
import { hexText } from '../../arrow/text/hex-text.ts'
import type { ColumnKind, SqliteValue } from './types.ts'

/** Bytes of text and blobs written to the columns of a batch. */
export interface ByteCount {
  bytes: number
}

/** Writes the values of one column straight into Arrow buffers. */
export interface ColumnWriter {
  /** False, and nothing written, when a value is not of the column's kind. */
  append(value: SqliteValue): boolean
  /** Takes the last row away again. */
  dropLast(): void
  /** A text held U+FFFD: SQLite's text was not valid UTF-8, or that character was stored. */
  readonly hasReplacement: boolean
  /** All integers since `finish` are exact as doubles; true for other kinds. */
  exactAsReal(): boolean
  finish(): { readonly nodes: readonly FieldNode[]; readonly buffers: readonly Uint8Array[] }
}

export function createWriter(kind: ColumnKind, field: DataField, capacity: number, count: ByteCount): ColumnWriter {
  switch (kind) {
    case 'integer':
      return new IntegerWriter(field, capacity)
    case 'real':
      return new RealWriter(field, capacity)
    case 'text':
      return new TextWriter(field, capacity, count)
    case 'json':
      return new JsonWriter(field, capacity, count)
    case 'blob':
      return new BlobWriter(field, capacity, count)
    case 'mixed':
      return new MixedWriter(field, capacity, count)
  }
}

/** Within ±2^53, where every integer is a double and is written with the same digits. */
export function isExactAsReal(value: bigint): boolean {
  return value >= -(2n ** 53n) && value <= 2n ** 53n
}

class IntegerWriter implements ColumnWriter {
  readonly hasReplacement = false
  readonly #builder: FixedWidthBuilder

  constructor(field: DataField, capacity: number) {
    this.#builder = new FixedWidthBuilder(field, capacity)
  }

  append(value: SqliteValue): boolean {
    const builder = this.#builder
    const row = builder.length
    if (row === builder.capacity) builder.ensureCapacity(row + 1)
    if (typeof value === 'bigint') builder.i64[row] = value
    else if (value === null) builder.setNull(row)
    else return false
    builder.length = row + 1
    return true
  }

  dropLast(): void {
    dropLast(this.#builder)
  }

  exactAsReal(): boolean {
    const { i32, length } = this.#builder
    // The high word is all that is needed: it ends at 2^53 but for that number itself.
    for (let row = 0; row < length; row++) {
      const high = i32[row * 2 + 1]!
      if (high >= 2 ** 21 || high < -(2 ** 21)) return false
    }
    return true
  }

  finish() {
    return this.#builder.finish()
  }
}

class RealWriter implements ColumnWriter {
  readonly hasReplacement = false
  readonly #builder: FixedWidthBuilder

  constructor(field: DataField, capacity: number) {
    this.#builder = new FixedWidthBuilder(field, capacity)
  }

  append(value: SqliteValue): boolean {
    const builder = this.#builder
    const row = builder.length
    if (row === builder.capacity) builder.ensureCapacity(row + 1)
    if (typeof value === 'number') builder.f64[row] = value
    else if (value === null) builder.setNull(row)
    else if (typeof value === 'bigint' && isExactAsReal(value)) builder.f64[row] = Number(value)
    else return false
    builder.length = row + 1
    return true
  }

  dropLast(): void {
    dropLast(this.#builder)
  }

  exactAsReal(): boolean {
    return true
  }

  finish() {
    return this.#builder.finish()
  }
}

class BlobWriter implements ColumnWriter {
  readonly hasReplacement: boolean = false
  protected readonly builder: VariableWidthBuilder
  protected readonly count: ByteCount

  constructor(field: DataField, capacity: number, count: ByteCount) {
    this.builder = new VariableWidthBuilder(field, capacity)
    this.count = count
  }

  append(value: SqliteValue): boolean {
    if (value !== null && !(value instanceof Uint8Array)) return false
    this.builder.append(value)
    if (value !== null) this.count.bytes += value.length
    return true
  }

  dropLast(): void {
    dropLast(this.builder)
    const used = this.builder.offsets[this.builder.length]!
    this.count.bytes -= this.builder.used - used
    this.builder.used = used
  }

  exactAsReal(): boolean {
    return true
  }

  finish() {
    return this.builder.finish()
  }
}

class TextWriter extends BlobWriter {
  override hasReplacement = false
  #bytes: Buffer = Buffer.alloc(0)

  override append(value: SqliteValue): boolean {
    const builder = this.builder
    const row = builder.length
    if (row === builder.capacity) builder.ensureCapacity(row + 1)
    if (typeof value === 'string') this.#write(value)
    else if (value === null) builder.setNull(row)
    else return false
    builder.offsets[row + 1] = builder.used
    builder.length = row + 1
    return true
  }

  #write(text: string): void {
    const builder = this.builder
    // A UTF-16 unit is at most 3 bytes; long text is measured rather than reserved at its worst.
    const bytes = builder.reserve(text.length > longText ? Buffer.byteLength(text) : text.length * 3)
    const start = builder.used
    if (text.length < shortText) {
      let index = 0
      for (; index < text.length; index++) {
        const unit = text.charCodeAt(index)
        if (unit > 127) break
        bytes[start + index] = unit
      }
      if (index === text.length) {
        builder.used = start + index
        this.count.bytes += index
        return
      }
    }
    if (this.#bytes.buffer !== bytes.buffer) this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const written = this.#bytes.write(text, start, 'utf8')
    builder.used = start + written
    this.count.bytes += written
    if (written !== text.length && !this.hasReplacement) this.hasReplacement = text.includes('\ufffd')
  }
}

/** SQLite does not check what a column declared as JSON holds; only JSON may pass for JSON. */
class JsonWriter extends TextWriter {
  override append(value: SqliteValue): boolean {
    if (typeof value === 'bigint') return super.append(value.toString())
    if (typeof value === 'number') return Number.isFinite(value) && super.append(float64Text(value))
    return (typeof value !== 'string' || isJson(value)) && super.append(value)
  }
}

/** Every value as the text it has elsewhere too. */
class MixedWriter extends TextWriter {
  override append(value: SqliteValue): boolean {
    if (typeof value === 'bigint') return super.append(value.toString())
    if (typeof value === 'number') return super.append(float64Text(value))
    return super.append(value instanceof Uint8Array ? hexText(value) : value)
  }
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function dropLast(builder: FixedWidthBuilder | VariableWidthBuilder): void {
  const row = builder.length - 1
  if (!bitAt(builder.validity, row)) {
    setBit(builder.validity, row)
    builder.nullCount--
  }
  builder.length = row
}

/** Up to here a loop is faster than the call into V8's encoder. */
const shortText = 24
const longText = 4096
