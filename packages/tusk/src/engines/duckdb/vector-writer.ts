import type { LogicalType, Vector } from '@duckdb/node-bindings'
import { sliceBits } from '../../arrow/bitmap.ts'
import { type ColumnData, noBytes } from '../../arrow/column-data.ts'
import type { DataType } from '../../arrow/data-type.ts'
import { byteWidth } from '../../arrow/layout.ts'
import { TuskError } from '../../errors.ts'
import type { Bindings } from './bindings.ts'

/**
 * The DuckDB type that a column of ours is mounted as. Text of decimals, intervals and the like stays VARCHAR: how it sorts and
 * compares is in sort-keys.ts.
 */
export function logicalTypeOf(duckdb: Bindings, type: DataType): LogicalType {
  const T = duckdb.Type
  const simple = (id: number) => duckdb.create_logical_type(id)
  switch (type.kind) {
    case 'bool':
      return simple(T.BOOLEAN)
    case 'int': {
      const signed = { 8: T.TINYINT, 16: T.SMALLINT, 32: T.INTEGER, 64: T.BIGINT }
      const unsigned = { 8: T.UTINYINT, 16: T.USMALLINT, 32: T.UINTEGER, 64: T.UBIGINT }
      return simple((type.signed ? signed : unsigned)[type.bits])
    }
    case 'float':
      return simple(type.bits === 32 ? T.FLOAT : T.DOUBLE)
    case 'decimal':
      return duckdb.create_decimal_type(type.precision, type.scale)
    case 'date':
      return simple(T.DATE)
    case 'time':
      return simple(type.unit === 'us' ? T.TIME : T.TIME_NS)
    case 'timestamp':
      if (type.timezone !== null && type.unit === 'us') return simple(T.TIMESTAMP_TZ)
      return simple({ s: T.TIMESTAMP_S, ms: T.TIMESTAMP_MS, us: T.TIMESTAMP, ns: T.TIMESTAMP_NS }[type.unit])
    case 'utf8':
      return simple(T.VARCHAR)
    case 'binary':
      return simple(T.BLOB)
    case 'list':
      return duckdb.create_list_type(logicalTypeOf(duckdb, type.item.type))
    case 'struct': {
      const fields = type.fields.length === 0 ? [{ name: 'empty', type: { kind: 'bool' } as const }] : type.fields
      return duckdb.create_struct_type(
        fields.map(field => logicalTypeOf(duckdb, field.type)),
        uniqueSqlNames(fields.map(field => field.name)),
      )
    }
    case 'map':
      return duckdb.create_map_type(logicalTypeOf(duckdb, type.key.type), logicalTypeOf(duckdb, type.value.type))
  }
}

/**
 * Names that DuckDB can tell apart, which ignores case: an empty one becomes `column<position>`, one that was there before
 * `<name>_<position>`, with positions from 1.
 */
export function uniqueSqlNames(names: readonly string[], reserved: readonly string[] = []): readonly string[] {
  const taken = new Set([...names, ...reserved].map(name => name.toLowerCase()))
  const given = new Set(reserved.map(name => name.toLowerCase()))
  return names.map((name, index) => {
    let unique = name === '' ? `column${index + 1}` : name
    if (name === '' || given.has(unique.toLowerCase())) {
      const base = name === '' ? unique : `${name}_${index + 1}`
      unique = base
      for (let more = 2; given.has(unique.toLowerCase()) || taken.has(unique.toLowerCase()); more++) {
        unique = `${base}_${more}`
      }
    }
    given.add(unique.toLowerCase())
    return unique
  })
}

/** Copies rows of Arrow columns into DuckDB's vectors, a column at a time. Keeps scratch memory between calls. */
export class VectorWriter {
  readonly #duckdb: Bindings
  #scratch = new ArrayBuffer(2048 * 16)

  constructor(duckdb: Bindings) {
    this.#duckdb = duckdb
  }

  /** Fills rows 0…count-1 of an empty vector with rows from `from` on. `present`: rows that a NULL parent does not hide. */
  write(vector: Vector, column: ColumnData, from: number, count: number, present?: Uint8Array): void {
    const valid = this.#writeValidity(vector, column, from, count, present)
    if (count === 0) return
    const { type } = column
    switch (type.kind) {
      case 'bool':
        this.#writeBooleans(vector, column, from, count)
        break
      case 'decimal':
        this.#writeDecimals(vector, column, from, count, type.precision)
        break
      case 'utf8':
      case 'binary':
        this.#writeBytes(vector, column, from, count)
        break
      case 'list':
      case 'map':
        this.#writeLists(vector, column, from, count)
        break
      case 'struct':
        for (const [index, child] of column.children.entries()) {
          this.write(this.#duckdb.struct_vector_get_child(vector, index), child, from, count, valid)
        }
        break
      default: {
        const width = byteWidth(type)!
        this.#copy(vector, column.values, from * width, count * width)
      }
    }
  }

  /** A vector with one list of all these rows. */
  writeAsOneList(vector: Vector, column: ColumnData, from: number, count: number): void {
    const duckdb = this.#duckdb
    duckdb.list_vector_reserve(vector, count)
    duckdb.list_vector_set_size(vector, count)
    this.write(duckdb.list_vector_get_child(vector), column, from, count)
    this.#writeOneEntry(vector, count)
  }

  /** A vector of UINTEGER with `count` numbers from `first` on. */
  writeNumbers(vector: Vector, first: number, count: number): void {
    const numbers = new Uint32Array(this.#room(count * 4), 0, count)
    for (let row = 0; row < count; row++) numbers[row] = first + row
    this.#duckdb.copy_data_to_vector(vector, 0, this.#scratch, 0, count * 4)
  }

  writeNumbersAsOneList(vector: Vector, first: number, count: number): void {
    const duckdb = this.#duckdb
    duckdb.list_vector_reserve(vector, count)
    duckdb.list_vector_set_size(vector, count)
    this.writeNumbers(duckdb.list_vector_get_child(vector), first, count)
    this.#writeOneEntry(vector, count)
  }

  #writeOneEntry(vector: Vector, count: number): void {
    this.#duckdb.copy_data_to_vector(vector, 0, new BigUint64Array([0n, BigInt(count)]).buffer, 0, 16)
  }

  /** Gives back the rows that are not NULL, undefined when all are there. */
  #writeValidity(
    vector: Vector,
    column: ColumnData,
    from: number,
    count: number,
    present: Uint8Array | undefined,
  ): Uint8Array | undefined {
    if (column.nullCount === 0 && present === undefined) return undefined
    let valid = present
    if (column.nullCount !== 0) {
      valid = sliceBits(column.validity, from, count)
      if (present !== undefined) valid = valid.map((byte, index) => byte & present[index]!)
    }
    if (valid === undefined) return undefined
    this.#duckdb.vector_ensure_validity_writable(vector)
    this.#duckdb.copy_data_to_vector_validity(
      vector,
      0,
      valid.buffer as ArrayBuffer,
      valid.byteOffset,
      (count + 7) >> 3,
    )
    return valid
  }

  #writeBooleans(vector: Vector, column: ColumnData, from: number, count: number): void {
    const bits = column.values
    const bytes = new Uint8Array(this.#room(count), 0, count)
    for (let row = 0; row < count; row++) bytes[row] = (bits[(from + row) >> 3]! >> ((from + row) & 7)) & 1
    this.#duckdb.copy_data_to_vector(vector, 0, this.#scratch, 0, count)
  }

  /** DuckDB keeps decimals of up to 4, 9 and 18 digits in 2, 4 and 8 bytes. */
  #writeDecimals(vector: Vector, column: ColumnData, from: number, count: number, precision: number): void {
    if (precision > 18) {
      this.#copy(vector, column.values, from * 16, count * 16)
      return
    }
    const source = words(column.values, from * 16, count * 4)
    const width = precision > 9 ? 8 : precision > 4 ? 4 : 2
    const room = this.#room(count * width)
    if (width === 8) {
      const target = new Int32Array(room, 0, count * 2)
      for (let row = 0; row < count; row++) {
        target[2 * row] = source[4 * row]!
        target[2 * row + 1] = source[4 * row + 1]!
      }
    } else {
      const target = width === 4 ? new Int32Array(room, 0, count) : new Int16Array(room, 0, count)
      for (let row = 0; row < count; row++) target[row] = source[4 * row]!
    }
    this.#duckdb.copy_data_to_vector(vector, 0, room, 0, count * width)
  }

  /** All bytes go into the vector's heap at once; then each `string_t` holds its text in place or points there. */
  #writeBytes(vector: Vector, column: ColumnData, from: number, count: number): void {
    const { offsets, values } = column
    const start = offsets[from]!
    const length = offsets[from + count]! - start
    let low = 0
    let high = 0
    if (length > 12) {
      this.#duckdb.vector_assign_string_element_len(vector, 0, values.subarray(start, start + length))
      const head = this.#duckdb.vector_get_data(vector, 16)
      const view = new DataView(head.buffer, head.byteOffset, 16)
      low = view.getUint32(8, true)
      high = view.getUint32(12, true)
    }
    const room = this.#room(count * 16)
    const bytes = new Uint8Array(room)
    const strings = new Uint32Array(room)
    let position = start
    for (let row = 0, word = 0; row < count; row++, word += 4) {
      const end = offsets[from + row + 1]!
      const size = end - position
      strings[word] = size
      if (size <= 12) {
        strings[word + 1] = strings[word + 2] = strings[word + 3] = 0
        const target = word * 4 + 4
        for (let at = 0; at < size; at++) bytes[target + at] = values[position + at]!
      } else {
        strings[word + 1] =
          values[position]! |
          (values[position + 1]! << 8) |
          (values[position + 2]! << 16) |
          (values[position + 3]! << 24)
        const pointer = low + (position - start)
        strings[word + 2] = pointer
        strings[word + 3] = pointer > 0xffff_ffff ? high + 1 : high
      }
      position = end
    }
    this.#duckdb.copy_data_to_vector(vector, 0, room, 0, count * 16)
  }

  #writeLists(vector: Vector, column: ColumnData, from: number, count: number): void {
    const { offsets } = column
    const start = offsets[from]!
    const items = offsets[from + count]! - start
    const duckdb = this.#duckdb
    duckdb.list_vector_reserve(vector, items)
    duckdb.list_vector_set_size(vector, items)
    const entries = new Uint32Array(this.#room(count * 16), 0, count * 4)
    for (let row = 0, word = 0; row < count; row++, word += 4) {
      const first = offsets[from + row]!
      entries[word] = first - start
      entries[word + 2] = offsets[from + row + 1]! - first
      entries[word + 1] = entries[word + 3] = 0
    }
    duckdb.copy_data_to_vector(vector, 0, this.#scratch, 0, count * 16)
    this.write(duckdb.list_vector_get_child(vector), column.children[0]!, start, items)
  }

  #copy(vector: Vector, bytes: Uint8Array, start: number, length: number): void {
    if (bytes.byteLength < start + length)
      throw new TuskError('RESULT_DAMAGED', 'A column has fewer bytes than its rows need.')
    this.#duckdb.copy_data_to_vector(vector, 0, bytes.buffer as ArrayBuffer, bytes.byteOffset + start, length)
  }

  #room(size: number): ArrayBuffer {
    if (this.#scratch.byteLength < size) this.#scratch = new ArrayBuffer(size)
    return this.#scratch
  }
}

function words(bytes: Uint8Array, start: number, count: number): Int32Array {
  const part = count === 0 ? noBytes : bytes.subarray(start, start + count * 4)
  const aligned = part.byteOffset % 4 === 0 ? part : part.slice()
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2)
}
