import { concatBatches, gatherRows, sliceBatch } from '../arrow/index.ts'
import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import { TuskError } from '../errors.ts'
import { type GatherOptions, gatherRuns, type RowRun } from './gather-runs.ts'
import { readRowNumbers } from './row-numbers.ts'
import type { SpoolReader } from './spool-reader.ts'

/** Stored batches of the rows `offset…offset+limit` that are there now, as they were stored, cut at both ends. */
export function* readRange(
  reader: SpoolReader,
  columns: readonly number[],
  offset: number,
  limit: number,
): Generator<RecordBatch, void, undefined> {
  const end = Math.min(reader.rowCount, offset + limit)
  for (let row = offset; row < end; ) {
    const index = reader.batchOf(row)
    const start = reader.batchStarts[index]!
    const next = reader.batchStarts[index + 1]!
    const batch = reader.readBatch(index, columns)
    yield row === start && next <= end ? batch : sliceBatch(batch, row - start, Math.min(next, end) - row)
    row = next
  }
}

/** The rows with these numbers, in this order. Meant for many rows: memory is about twice what they hold. */
export function readRows(reader: SpoolReader, columns: readonly number[], rows: Uint32Array): RecordBatch {
  const sorted = sortWithPlaces(rows)
  const parts: RecordBatch[] = []
  const place = new Uint32Array(rows.length)
  for (let from = 0; from < sorted.length; ) {
    const index = batchOfRow(reader, rowOf(sorted[from]!))
    const start = reader.batchStarts[index]!
    const end = reader.batchStarts[index + 1]!
    let to = from
    while (to < sorted.length && rowOf(sorted[to]!) < end) to++
    const wanted = new Uint32Array(to - from)
    for (let at = from; at < to; at++) {
      wanted[at - from] = rowOf(sorted[at]!) - start
      place[placeOf(sorted[at]!)] = at
    }
    parts.push(readFromBatch(reader, columns, index, wanted))
    from = to
  }
  if (parts.length === 0) return readRuns(reader, columns, []).batch
  return gatherRows(concatBatches(parts), place)
}

/** The rows of `runs`, in that order. Meant for few rows: each run is read by itself. */
export function readRuns(
  reader: SpoolReader,
  columns: readonly number[],
  runs: readonly RowRun[],
  options?: GatherOptions,
): { readonly batch: RecordBatch; readonly cuts: readonly ReadonlyMap<number, number>[] } {
  const places = columns.map(column => reader.columns[column]!)
  const { rowCount, nodes, buffers, cuts } = gatherRuns(reader.file, places, runs, options)
  return { batch: { schema: projectSchema(reader, columns), rowCount, nodes, buffers }, cuts }
}

/** Neighbouring rows `offset…offset+limit` as runs. */
export function runsOfRange(reader: SpoolReader, offset: number, limit: number): readonly RowRun[] {
  const runs: RowRun[] = []
  const end = Math.min(reader.rowCount, offset + limit)
  for (let row = offset; row < end; ) {
    const index = reader.batchOf(row)
    const next = Math.min(end, reader.batchStarts[index + 1]!)
    if (next > row)
      runs.push({ batch: reader.batch(index), start: row - reader.batchStarts[index]!, count: next - row })
    row = next
  }
  return runs
}

/** Rows by number as runs; neighbours become one. */
export function runsOfRows(reader: SpoolReader, rows: Uint32Array): readonly RowRun[] {
  const runs: RowRun[] = []
  for (let from = 0; from < rows.length; ) {
    const row = rows[from]!
    const index = batchOfRow(reader, row)
    const end = reader.batchStarts[index + 1]!
    let count = 1
    while (from + count < rows.length && rows[from + count] === row + count && row + count < end) count++
    runs.push({ batch: reader.batch(index), start: row - reader.batchStarts[index]!, count })
    from += count
  }
  return runs
}

/** Positions of all columns when none are named. BAD_REQUEST for one that is not there. */
export function columnsOrAll(schema: Schema, columns: readonly number[] | undefined): readonly number[] {
  if (columns === undefined) return schema.fields.map((_, index) => index)
  for (const column of columns) {
    if (!Number.isInteger(column) || column < 0 || column >= schema.fields.length) {
      throw new TuskError('BAD_REQUEST', `There is no column ${column} in this result.`, {
        detail: `It has ${schema.fields.length}.`,
      })
    }
  }
  return columns
}

function projectSchema(reader: SpoolReader, columns: readonly number[]): Schema {
  const same = columns.length === reader.schema.fields.length && columns.every((column, order) => column === order)
  return same ? reader.schema : { fields: columns.map(column => reader.schema.fields[column]!) }
}

function readFromBatch(reader: SpoolReader, columns: readonly number[], index: number, rows: Uint32Array): RecordBatch {
  const first = rows[0]!
  const span = rows[rows.length - 1]! - first + 1
  const batch = reader.batch(index)
  if (rows.length * sparseFactor < span) {
    return readRuns(
      reader,
      columns,
      [...rows].map(start => ({ batch, start, count: 1 })),
    ).batch
  }
  const whole = span * 2 > batch.rowCount
  const dense = whole
    ? reader.readBatch(index, columns)
    : readRuns(reader, columns, [{ batch, start: first, count: span }]).batch
  return gatherRows(dense, whole ? rows : rows.map(row => row - first))
}

/** Reading a row by itself costs as much as reading about so many side by side. */
const sparseFactor = 64

function batchOfRow(reader: SpoolReader, row: number): number {
  if (row >= reader.rowCount) {
    throw new TuskError('RESULT_DAMAGED', 'The order of these rows does not fit the result.', {
      detail: `Row ${row} of ${reader.rowCount}.`,
    })
  }
  return reader.batchOf(row)
}

/** Row numbers in rising order, each with its place in `rows`, in one number: row × 2^21 + place. */
function sortWithPlaces(rows: Uint32Array): Float64Array {
  if (rows.length > placeLimit) throw new TuskError('INTERNAL', `Too many rows at once: ${rows.length}.`)
  return Float64Array.from(rows, (row, place) => row * placeLimit + place).sort()
}

const placeLimit = 2 ** 21

function rowOf(key: number): number {
  return Math.floor(key / placeLimit)
}

function placeOf(key: number): number {
  return key % placeLimit
}

/** The rows in the order of a file of row numbers, from `offset` on, in batches of about 64 MB. */
export function* readRowsInOrder(
  reader: SpoolReader,
  columns: readonly number[],
  rowNumbersFile: string,
  offset = 0,
  limit = Number.POSITIVE_INFINITY,
): Generator<RecordBatch, void, undefined> {
  const rowBytes = Math.max(1, reader.byteCount / Math.max(1, reader.rowCount))
  const most = Math.max(1, Math.min(2 ** 20, Math.floor(orderedBatchBytes / rowBytes)))
  for (let at = offset; at < offset + limit; ) {
    const rows = readRowNumbers(rowNumbersFile, at, Math.min(most, offset + limit - at))
    if (rows === undefined) throw new TuskError('NOT_FOUND', 'There is no such view of this result.')
    if (rows.length === 0) return
    yield readRows(reader, columns, rows)
    at += rows.length
  }
}

const orderedBatchBytes = 64 * 2 ** 20
