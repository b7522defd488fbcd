import type { Vector } from '@duckdb/node-bindings'
import { copyBits, countZeros } from '../../arrow/bitmap.ts'
import type { ColumnValue } from '../../arrow/builder.ts'
import { type ColumnData, noBytes, noOffsets } from '../../arrow/column-data.ts'
import type { ColumnReader } from '../../arrow/column-reader.ts'
import type { DataField } from '../../arrow/data-type.ts'
import { childFields } from '../../arrow/layout.ts'
import { createReader } from '../../arrow/read-columns.ts'
import { TuskError } from '../../errors.ts'
import type { Bindings } from './bindings.ts'
import { type ColumnShape, shapeOf } from './types.ts'
import {
  bignumText,
  bitText,
  hugeintText,
  intervalText,
  timeWithZoneText,
  unsignedHugeintText,
  uuidText,
} from './value-text.ts'
import { storedVariant, variantJson } from './variant-text.ts'

/**
 * Gathers one column from the vectors of many chunks into Arrow buffers, with no JavaScript value per cell where the layouts
 * allow it. `open` a vector, `append` ranges of its rows, `finish` to hand the column on and start the next batch.
 */
export interface VectorReader {
  /** Takes the bytes of a vector of `size` rows; valid until the next `open`, the chunk may go after `append`. */
  open(vector: Vector, size: number): void
  /** About how many bytes these rows of the open vector will take. */
  weigh(from: number, count: number): number
  append(from: number, count: number): void
  finish(): ColumnData
}

/** A reader with room for `capacity` rows; it grows when there are more. */
export function createVectorReader(duckdb: Bindings, shape: ColumnShape, capacity: number): VectorReader {
  switch (shape.layout) {
    case 'fixed':
      return new FixedReader(duckdb, shape, capacity)
    case 'decimal':
      return shape.width === 16 ? new FixedReader(duckdb, shape, capacity) : new DecimalReader(duckdb, shape, capacity)
    case 'bool':
      return new BooleanReader(duckdb, shape, capacity)
    case 'bytes':
      return new BytesReader(duckdb, shape, capacity)
    case 'bytesText':
      return new BytesTextReader(duckdb, shape, capacity)
    case 'text':
      return new TextReader(duckdb, shape, capacity)
    case 'enum':
      return new EnumReader(duckdb, shape, capacity)
    case 'list':
      return new ListReader(duckdb, shape, capacity)
    case 'map':
      return new MapReader(duckdb, shape, capacity)
    case 'array':
      return new ArrayReader(duckdb, shape, capacity)
    case 'struct':
      return new StructReader(duckdb, shape, capacity)
    case 'union':
      return new UnionReader(duckdb, shape, capacity)
    case 'variant':
      return new VariantReader(duckdb, shape, capacity)
    case 'nothing':
      return new NothingReader(duckdb, shape, capacity)
  }
}

/** Bytes of text and binary values that one batch of one column can hold: Arrow's offsets are 32 bits. */
const maxBytes = 0x7fff_ffff

/** What all columns have: a length and a validity bitmap, made only when the first NULL comes. */
abstract class ColumnBase implements VectorReader {
  readonly duckdb: Bindings
  readonly shape: ColumnShape
  capacity: number
  length = 0
  /** Validity of the open vector; undefined when no row of it is NULL. */
  opened: Uint8Array | undefined
  #validity: Uint8Array | undefined

  constructor(duckdb: Bindings, shape: ColumnShape, capacity: number) {
    this.duckdb = duckdb
    this.shape = shape
    this.capacity = Math.max(capacity, 8)
  }

  open(vector: Vector, size: number): void {
    // The binding's types leave out that it gives null when every row is valid.
    const validity =
      size === 0 ? null : (this.duckdb.vector_get_validity(vector, ((size + 63) >> 6) * 8) as Uint8Array | null)
    this.opened = validity ?? undefined
    this.openValues(vector, size)
  }

  append(from: number, count: number): void {
    if (this.length + count > this.capacity) this.#grow(this.length + count)
    if (this.opened !== undefined) {
      this.#validity ??= new Uint8Array((this.capacity + 7) >> 3).fill(0xff)
      copyBits(this.opened, from, this.#validity, this.length, count)
    }
    this.appendValues(from, count)
    this.length += count
  }

  weigh(_from: number, count: number): number {
    return count * (this.shape.width === 0 ? 1 : this.shape.width)
  }

  finish(): ColumnData {
    const length = this.length
    const validity = this.#validity
    const nullCount = validity === undefined ? 0 : countZeros(validity, length)
    const column: ColumnData = {
      type: this.shape.field.type,
      length,
      nullCount,
      validity: validity === undefined || nullCount === 0 ? noBytes : validity.subarray(0, (length + 7) >> 3),
      offsets: noOffsets,
      values: noBytes,
      children: [],
      ...this.finishValues(),
    }
    this.length = 0
    this.#validity = undefined
    return column
  }

  isNull(row: number): boolean {
    return this.opened !== undefined && (this.opened[row >> 3]! & (1 << (row & 7))) === 0
  }

  /** Makes room in the values too; `capacity` is the new one already. */
  protected grown(): void {}
  protected abstract openValues(vector: Vector, size: number): void
  protected abstract appendValues(from: number, count: number): void
  protected abstract finishValues(): Partial<ColumnData>

  protected read(vector: Vector, byteCount: number): Uint8Array {
    return byteCount === 0 ? noBytes : this.duckdb.vector_get_data(vector, byteCount)
  }

  #grow(needed: number): void {
    this.capacity = Math.max(needed, this.capacity * 2)
    if (this.#validity !== undefined) {
      const larger = new Uint8Array((this.capacity + 7) >> 3).fill(0xff)
      larger.set(this.#validity)
      this.#validity = larger
    }
    this.grown()
  }
}

class FixedReader extends ColumnBase {
  #raw = noBytes
  #values: Uint8Array = noBytes

  protected openValues(vector: Vector, size: number): void {
    this.#raw = this.read(vector, size * this.shape.width)
  }

  protected appendValues(from: number, count: number): void {
    const width = this.shape.width
    if (this.#values.length === 0) this.#values = unwritten(this.capacity * width)
    this.#values.set(this.#raw.subarray(from * width, (from + count) * width), this.length * width)
  }

  protected override grown(): void {
    this.#values = enlarged(this.#values, this.capacity * this.shape.width)
  }

  protected finishValues(): Partial<ColumnData> {
    const values = this.#values.subarray(0, this.length * this.shape.width)
    this.#values = noBytes
    return { values }
  }
}

/** Decimals of up to 18 digits lie in 2, 4 or 8 bytes; Arrow has 16. */
class DecimalReader extends ColumnBase {
  #raw = noBytes
  #values: Int32Array = new Int32Array(0)

  protected openValues(vector: Vector, size: number): void {
    this.#raw = this.read(vector, size * this.shape.width)
  }

  protected appendValues(from: number, count: number): void {
    if (this.#values.length === 0) this.#values = new Int32Array(unwritten(this.capacity * 16).buffer)
    const values = this.#values
    const { buffer, byteOffset } = this.#raw
    const width = this.shape.width
    let at = this.length * 4
    if (width === 8) {
      const raw = new Int32Array(buffer, byteOffset + from * 8, count * 2)
      for (let row = 0; row < count; row++, at += 4) {
        const high = raw[2 * row + 1]!
        values[at] = raw[2 * row]!
        values[at + 1] = high
        values[at + 2] = values[at + 3] = high >> 31
      }
      return
    }
    const raw =
      width === 4
        ? new Int32Array(buffer, byteOffset + from * 4, count)
        : new Int16Array(buffer, byteOffset + from * 2, count)
    for (let row = 0; row < count; row++, at += 4) {
      const low = raw[row]!
      values[at] = low
      values[at + 1] = values[at + 2] = values[at + 3] = low >> 31
    }
  }

  override weigh(_from: number, count: number): number {
    return count * 16
  }

  protected override grown(): void {
    const larger = new Int32Array(this.capacity * 4)
    larger.set(this.#values)
    this.#values = larger
  }

  protected finishValues(): Partial<ColumnData> {
    const values = new Uint8Array(this.#values.buffer, 0, this.length * 16)
    this.#values = new Int32Array(0)
    return { values }
  }
}

class BooleanReader extends ColumnBase {
  #raw = noBytes
  #bits: Uint8Array = noBytes

  protected openValues(vector: Vector, size: number): void {
    this.#raw = this.read(vector, size)
  }

  protected appendValues(from: number, count: number): void {
    if (this.#bits.length === 0) this.#bits = new Uint8Array((this.capacity + 7) >> 3)
    const bits = this.#bits
    const raw = this.#raw
    const start = this.length
    for (let row = 0; row < count; row++) {
      if (raw[from + row] !== 0) bits[(start + row) >> 3]! |= 1 << ((start + row) & 7)
    }
  }

  protected override grown(): void {
    this.#bits = enlarged(this.#bits, (this.capacity + 7) >> 3, this.#bits.length, true)
  }

  protected finishValues(): Partial<ColumnData> {
    const values = this.#bits.subarray(0, (this.length + 7) >> 3)
    this.#bits = noBytes
    return { values }
  }
}

/** Columns of offsets and bytes. Keeps the size of the last batch, so that the next one seldom grows. */
abstract class VariableBase extends ColumnBase {
  offsets = noOffsets
  bytes: Uint8Array = noBytes
  position = 0
  #expected = 0

  protected start(): void {
    if (this.offsets.length !== 0) return
    this.offsets = new Int32Array(this.capacity + 1)
    this.bytes = unwritten(Math.max(this.#expected, 64))
  }

  /** Makes room for `extra` bytes past `position`. */
  protected reserve(extra: number): void {
    const needed = this.position + extra
    if (needed <= this.bytes.length) return
    if (needed > maxBytes) {
      throw new TuskError('VALUE_OUT_OF_RANGE', 'A value is larger than a result can hold.', {
        detail: `Column “${this.shape.field.name}” needs more than 2 GB in one batch.`,
      })
    }
    this.bytes = enlarged(this.bytes, Math.min(maxBytes, Math.max(needed, this.bytes.length * 2, 4096)), this.position)
  }

  protected override grown(): void {
    if (this.offsets.length === 0) return
    const larger = new Int32Array(this.capacity + 1)
    larger.set(this.offsets)
    this.offsets = larger
  }

  protected finishValues(): Partial<ColumnData> {
    this.start()
    const offsets = this.offsets.subarray(0, this.length + 1)
    const values = this.bytes.subarray(0, this.position)
    this.#expected = Math.min(Math.ceil(this.position * 1.1) + 64, 16 << 20)
    this.offsets = noOffsets
    this.bytes = noBytes
    this.position = 0
    return { offsets, values }
  }
}

/**
 * Text and binary. A `string_t` is 16 bytes: length, then up to 12 bytes in place, else a prefix and a pointer. Long strings
 * of a chunk mostly lie back to back, so runs of exactly adjacent ones are read with one call.
 */
class BytesReader extends VariableBase {
  #raw = noBytes
  #words: Uint32Array = new Uint32Array(0)

  protected openValues(vector: Vector, size: number): void {
    this.#raw = this.read(vector, size * 16)
    this.#words = new Uint32Array(this.#raw.buffer, this.#raw.byteOffset, size * 4)
  }

  override weigh(from: number, count: number): number {
    const words = this.#words
    let sum = count * 4
    for (let row = from; row < from + count; row++) if (!this.isNull(row)) sum += words[row * 4]!
    return sum
  }

  protected appendValues(from: number, count: number): void {
    this.start()
    const raw = this.#raw
    const words = this.#words
    const offsets = this.offsets
    const nulls = this.opened
    const target = this.length + 1 - from
    let bytes = this.bytes
    let position = this.position
    let runLength = 0
    let runPointer = 0
    let runRow = 0
    for (let row = from; row < from + count; row++) {
      if (nulls !== undefined && (nulls[row >> 3]! & (1 << (row & 7))) === 0) {
        offsets[target + row] = position
        continue
      }
      const word = row * 4
      const length = words[word]!
      if (length <= 12) {
        if (runLength !== 0 || position + 12 > bytes.length) {
          this.#copyRun(runRow, runLength)
          runLength = 0
          this.reserve(12)
          bytes = this.bytes
        }
        const start = word * 4 + 4
        for (let at = 0; at < length; at++) bytes[position + at] = raw[start + at]!
        this.position = position += length
      } else {
        const pointer = words[word + 2]! + words[word + 3]! * 0x1_0000_0000
        if (runLength !== 0 && pointer === runPointer + runLength) runLength += length
        else {
          this.#copyRun(runRow, runLength)
          runRow = row
          runPointer = pointer
          runLength = length
        }
        position += length
        if (position > maxBytes) this.reserve(runLength)
      }
      offsets[target + row] = position
    }
    this.#copyRun(runRow, runLength)
  }

  /** Copies `length` bytes from where the string of `row` points to. */
  #copyRun(row: number, length: number): void {
    if (length === 0) return
    this.reserve(length)
    const { buffer, byteOffset } = this.#raw
    this.bytes.set(
      this.duckdb.get_data_from_pointer(buffer as ArrayBuffer, byteOffset + row * 16 + 8, length),
      this.position,
    )
    this.position += length
  }
}

/** Columns whose values become text one by one. */
abstract class RenderingReader extends VariableBase {
  protected abstract render(row: number): string

  override weigh(_from: number, count: number): number {
    return count * 28
  }

  protected appendValues(from: number, count: number): void {
    this.start()
    for (let row = from; row < from + count; row++) {
      if (!this.isNull(row)) this.#write(this.render(row))
      this.offsets[this.length + 1 + row - from] = this.position
    }
  }

  #write(text: string): void {
    this.reserve(text.length * 3)
    this.position += textEncoder.encodeInto(text, this.bytes.subarray(this.position)).written
  }
}

class TextReader extends RenderingReader {
  #words: BigUint64Array = new BigUint64Array(0)
  readonly #render: (words: BigUint64Array, row: number) => string

  constructor(duckdb: Bindings, shape: ColumnShape, capacity: number) {
    super(duckdb, shape, capacity)
    const T = duckdb.Type
    const renderers: Partial<Record<number, (words: BigUint64Array, row: number) => string>> = {
      [T.HUGEINT]: (words, row) => hugeintText(words[2 * row]!, words[2 * row + 1]!),
      [T.UHUGEINT]: (words, row) => unsignedHugeintText(words[2 * row]!, words[2 * row + 1]!),
      [T.UUID]: (words, row) => uuidText(words[2 * row]!, words[2 * row + 1]!),
      [T.TIME_TZ]: (words, row) => timeWithZoneText(words[row]!),
      [T.INTERVAL]: (words, row) =>
        intervalText(
          Number(BigInt.asIntN(32, words[2 * row]!)),
          Number(BigInt.asIntN(32, words[2 * row]! >> 32n)),
          BigInt.asIntN(64, words[2 * row + 1]!),
        ),
    }
    const render = renderers[shape.typeId]
    if (render === undefined) throw new TuskError('INTERNAL', `No text for DuckDB's type ${shape.typeId}.`)
    this.#render = render
  }

  protected openValues(vector: Vector, size: number): void {
    const raw = this.read(vector, size * this.shape.width)
    this.#words = new BigUint64Array(raw.buffer, raw.byteOffset, raw.byteLength >> 3)
  }

  protected render(row: number): string {
    return this.#render(this.#words, row)
  }
}

/** Bit strings and big numbers: `string_t` whose bytes stand for text. */
class BytesTextReader extends RenderingReader {
  #raw = noBytes
  #words: Uint32Array = new Uint32Array(0)

  protected openValues(vector: Vector, size: number): void {
    this.#raw = this.read(vector, size * 16)
    this.#words = new Uint32Array(this.#raw.buffer, this.#raw.byteOffset, size * 4)
  }

  override weigh(from: number, count: number): number {
    let sum = count * 4
    for (let row = from; row < from + count; row++) if (!this.isNull(row)) sum += this.#words[row * 4]! * 8
    return sum
  }

  protected render(row: number): string {
    const length = this.#words[row * 4]!
    const { buffer, byteOffset } = this.#raw
    const bytes =
      length <= 12
        ? this.#raw.subarray(row * 16 + 4, row * 16 + 4 + length)
        : this.duckdb.get_data_from_pointer(buffer as ArrayBuffer, byteOffset + row * 16 + 8, length)
    return this.shape.typeId === this.duckdb.Type.BIT ? bitText(bytes) : bignumText(bytes)
  }
}

class EnumReader extends VariableBase {
  #indexes: Uint8Array | Uint16Array | Uint32Array = noBytes
  readonly #labels: readonly Uint8Array[]

  constructor(duckdb: Bindings, shape: ColumnShape, capacity: number) {
    super(duckdb, shape, capacity)
    this.#labels = (shape.field.labels ?? []).map(label => textEncoder.encode(label))
  }

  protected openValues(vector: Vector, size: number): void {
    const raw = this.read(vector, size * this.shape.width)
    this.#indexes =
      this.shape.width === 1
        ? raw
        : this.shape.width === 2
          ? new Uint16Array(raw.buffer, raw.byteOffset, size)
          : new Uint32Array(raw.buffer, raw.byteOffset, size)
  }

  override weigh(from: number, count: number): number {
    let sum = count * 4
    for (let row = from; row < from + count; row++) {
      if (!this.isNull(row)) sum += this.#labels[this.#indexes[row]!]!.length
    }
    return sum
  }

  protected appendValues(from: number, count: number): void {
    this.start()
    for (let row = from; row < from + count; row++) {
      if (!this.isNull(row)) {
        const label = this.#labels[this.#indexes[row]!]!
        this.reserve(label.length)
        for (let at = 0; at < label.length; at++) this.bytes[this.position + at] = label[at]!
        this.position += label.length
      }
      this.offsets[this.length + 1 + row - from] = this.position
    }
  }
}

/** Lists point anywhere into their child vector; rows that follow one another there are taken in one go. */
abstract class ListBase extends ColumnBase {
  offsets = noOffsets

  protected abstract readonly child: VectorReader
  protected abstract itemsAt(row: number): readonly [start: number, count: number]

  protected appendValues(from: number, count: number): void {
    if (this.offsets.length === 0) this.offsets = new Int32Array(this.capacity + 1)
    let position = this.offsets[this.length]!
    let runStart = 0
    let runCount = 0
    for (let row = from; row < from + count; row++) {
      if (!this.isNull(row)) {
        const [start, items] = this.itemsAt(row)
        if (runCount !== 0 && start === runStart + runCount) runCount += items
        else if (items !== 0) {
          if (runCount !== 0) this.child.append(runStart, runCount)
          runStart = start
          runCount = items
        }
        position += items
      }
      this.offsets[this.length + 1 + row - from] = position
    }
    if (runCount !== 0) this.child.append(runStart, runCount)
  }

  override weigh(from: number, count: number): number {
    let sum = count * 4
    for (let row = from; row < from + count; row++) {
      if (this.isNull(row)) continue
      const [start, items] = this.itemsAt(row)
      if (items !== 0) sum += this.child.weigh(start, items)
    }
    return sum
  }

  protected override grown(): void {
    if (this.offsets.length === 0) return
    const larger = new Int32Array(this.capacity + 1)
    larger.set(this.offsets)
    this.offsets = larger
  }

  protected finishValues(): Partial<ColumnData> {
    const offsets = this.offsets.length === 0 ? new Int32Array(1) : this.offsets.subarray(0, this.length + 1)
    this.offsets = noOffsets
    return { offsets, children: [this.child.finish()] }
  }
}

class ListReader extends ListBase {
  protected readonly child: VectorReader
  /** Per row the start and the count of its items, 64 bits each, of which the lower 32 matter. */
  #entries: Uint32Array = new Uint32Array(0)

  constructor(duckdb: Bindings, shape: ColumnShape, capacity: number) {
    super(duckdb, shape, capacity)
    this.child = createVectorReader(duckdb, shape.children[0]!, capacity)
  }

  protected openValues(vector: Vector, size: number): void {
    const raw = this.read(vector, size * 16)
    this.#entries = new Uint32Array(raw.buffer, raw.byteOffset, size * 4)
    this.child.open(this.duckdb.list_vector_get_child(vector), this.duckdb.list_vector_get_size(vector))
  }

  protected itemsAt(row: number): readonly [number, number] {
    return [this.#entries[row * 4]!, this.#entries[row * 4 + 2]!]
  }
}

class ArrayReader extends ListBase {
  protected readonly child: VectorReader

  constructor(duckdb: Bindings, shape: ColumnShape, capacity: number) {
    super(duckdb, shape, capacity)
    this.child = createVectorReader(duckdb, shape.children[0]!, capacity * shape.arraySize)
  }

  protected openValues(vector: Vector, size: number): void {
    this.child.open(this.duckdb.array_vector_get_child(vector), size * this.shape.arraySize)
  }

  protected itemsAt(row: number): readonly [number, number] {
    return [row * this.shape.arraySize, this.shape.arraySize]
  }
}

class StructReader extends ColumnBase {
  readonly #children: readonly VectorReader[]

  constructor(duckdb: Bindings, shape: ColumnShape, capacity: number) {
    super(duckdb, shape, capacity)
    this.#children = shape.children.map(child => createVectorReader(duckdb, child, capacity))
  }

  protected openValues(vector: Vector, size: number): void {
    for (const [index, child] of this.#children.entries()) {
      child.open(this.duckdb.struct_vector_get_child(vector, index), size)
    }
  }

  override weigh(from: number, count: number): number {
    return this.#children.reduce((sum, child) => sum + child.weigh(from, count), 0)
  }

  protected appendValues(from: number, count: number): void {
    for (const child of this.#children) child.append(from, count)
  }

  protected finishValues(): Partial<ColumnData> {
    return { children: this.#children.map(child => child.finish()) }
  }
}

/** A map is a list of structs of key and value, in DuckDB as in Arrow. */
class MapReader extends ListBase {
  protected readonly child: StructReader
  #entries: Uint32Array = new Uint32Array(0)

  constructor(duckdb: Bindings, shape: ColumnShape, capacity: number) {
    super(duckdb, shape, capacity)
    const field = childFields(shape.field.type)[0]!
    this.child = new StructReader(duckdb, { ...shape, field, layout: 'struct', width: 0 }, capacity)
  }

  protected openValues(vector: Vector, size: number): void {
    const raw = this.read(vector, size * 16)
    this.#entries = new Uint32Array(raw.buffer, raw.byteOffset, size * 4)
    this.child.open(this.duckdb.list_vector_get_child(vector), this.duckdb.list_vector_get_size(vector))
  }

  protected itemsAt(row: number): readonly [number, number] {
    return [this.#entries[row * 4]!, this.#entries[row * 4 + 2]!]
  }
}

/** A union is a struct of a tag and one column for each member; its text is that of the member which the tag names. */
class UnionReader extends RenderingReader {
  #tags = noBytes
  readonly #members: readonly VectorReader[]
  #texts: readonly ColumnReader[] = []

  constructor(duckdb: Bindings, shape: ColumnShape, capacity: number) {
    super(duckdb, shape, capacity)
    this.#members = shape.children.map(child => createVectorReader(duckdb, child, duckdb.vector_size()))
  }

  protected openValues(vector: Vector, size: number): void {
    this.#tags = this.read(this.duckdb.struct_vector_get_child(vector, 0), size)
    this.#texts = this.#members.map((member, index) => {
      member.open(this.duckdb.struct_vector_get_child(vector, index + 1), size)
      member.append(0, size)
      return createReader(this.shape.children[index]!.field, member.finish())
    })
  }

  override isNull(row: number): boolean {
    return super.isNull(row) || this.#texts[this.#tags[row]!]!.isNull(row)
  }

  protected render(row: number): string {
    return this.#texts[this.#tags[row]!]!.text(row) ?? ''
  }
}

/** A variant is a struct of the parts that variant-text.ts knows; the whole becomes JSON. */
class VariantReader extends RenderingReader {
  readonly #parts: VectorReader
  readonly #field: DataField
  #rows: ColumnReader | undefined

  constructor(duckdb: Bindings, shape: ColumnShape, capacity: number) {
    super(duckdb, shape, capacity)
    const T = duckdb.Type
    const simple = (id: number) => duckdb.create_logical_type(id)
    const number = simple(T.UINTEGER)
    const stored = duckdb.create_struct_type(
      [
        duckdb.create_list_type(simple(T.VARCHAR)),
        duckdb.create_list_type(duckdb.create_struct_type([number, number], ['key', 'value'])),
        duckdb.create_list_type(duckdb.create_struct_type([simple(T.UTINYINT), number], ['kind', 'offset'])),
        simple(T.BLOB),
      ],
      ['keys', 'links', 'values', 'data'],
    )
    const parts = shapeOf(duckdb, 'variant', stored)
    this.#parts = createVectorReader(duckdb, parts, duckdb.vector_size())
    this.#field = parts.field
  }

  protected openValues(vector: Vector, size: number): void {
    this.#parts.open(vector, size)
    this.#parts.append(0, size)
    this.#rows = createReader(this.#field, this.#parts.finish())
  }

  protected render(row: number): string {
    return variantJson(storedVariant(this.#rows!.value(row) as readonly ColumnValue[]))
  }
}

/** `SELECT NULL`: every row is NULL, whatever the vector says. */
class NothingReader extends VariableBase {
  protected openValues(_vector: Vector, size: number): void {
    this.opened = new Uint8Array((size + 7) >> 3)
  }

  protected appendValues(): void {
    this.start()
  }
}

const textEncoder = new TextEncoder()

function enlarged(bytes: Uint8Array, size: number, used = bytes.length, zeroed = false): Uint8Array {
  const larger = unwritten(size)
  larger.set(bytes.subarray(0, used))
  larger.fill(0, used, zeroed ? size : used)
  return larger
}

/** Memory that is not cleared first: every byte that is handed on is written before. */
function unwritten(size: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)
}
