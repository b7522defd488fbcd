import type { DataField } from '../arrow/data-type.ts'
import { BatchBuilder, encodeBatchMessage, encodeSchemaMessage, endOfStream } from '../arrow/index.ts'
import type { RecordBatch } from '../arrow/record-batch.ts'
import { TuskError } from '../errors.ts'
import { columnsOrAll, readRows, readRuns, runsOfRange, runsOfRows } from './read-rows.ts'
import type { WindowRequest } from './result-store.ts'
import { readViewRows } from './row-numbers.ts'
import type { SpoolReader } from './spool-reader.ts'

/** Most rows of one window. */
export const maxWindowRows = 10_000

/** The column that a window with cut cells ends with. */
export const cutField: DataField = { name: 'tusk:cut', type: { kind: 'utf8' }, nullable: true }

/** Cuts a window out of the file: an IPC stream of at most one batch, of the first `rowCount` rows. See WindowRequest. */
export function cutWindow(
  reader: SpoolReader,
  request: WindowRequest,
  rowCount = reader.rowCount,
): Uint8Array<ArrayBuffer> {
  const { offset, view, maxCellBytes } = checkedWindow(request)
  const rowsLeft = view === undefined ? Math.max(0, rowCount - offset) : maxWindowRows
  const limit = Math.min(request.limit, maxWindowRows, rowsLeft)
  const columns = columnsOrAll(reader.schema, request.columns)
  const rows = view === undefined ? undefined : readViewRows(reader.directory, view, offset, limit)
  if (rows !== undefined && rows.length > manyRows && maxCellBytes === undefined) {
    return encodeWindow(reader, request, readRows(reader, columns, rows))
  }
  const runs = rows === undefined ? runsOfRange(reader, offset, limit) : runsOfRows(reader, rows)
  const { batch, cuts } = readRuns(reader, columns, runs, {
    maxBytes: maxWindowBytes,
    ...(maxCellBytes === undefined ? {} : { maxCellBytes }),
  })
  if (maxCellBytes === undefined) return encodeWindow(reader, request, batch)
  return encodeWindow(reader, request, withColumn(batch, cutField, cutTexts(batch.rowCount, cuts)))
}

/** BAD_REQUEST when the numbers are no window. */
export function checkedWindow(request: WindowRequest): WindowRequest {
  const numbers = [request.offset, request.limit, request.maxCellBytes ?? 0]
  if (numbers.some(number => !Number.isSafeInteger(number) || number < 0)) {
    throw new TuskError('BAD_REQUEST', 'Offset, limit and cell size of a window are whole numbers from 0 on.')
  }
  return request
}

/** Above this, rows of a view are read in the order of the file and put in theirs afterwards. */
const manyRows = 1_000
const maxWindowBytes = 512 * 2 ** 20

function encodeWindow(reader: SpoolReader, request: WindowRequest, batch: RecordBatch): Uint8Array<ArrayBuffer> {
  const asStored = request.columns === undefined && request.maxCellBytes === undefined
  const schema = asStored ? reader.schemaBytes : encodeSchemaMessage(batch.schema)
  return join([schema, ...(batch.rowCount === 0 ? [] : encodeBatchMessage(batch)), endOfStream])
}

/** Per row, null or a JSON object of window column → full byte length. */
function cutTexts(rowCount: number, cuts: readonly ReadonlyMap<number, number>[]): readonly (string | null)[] {
  const byRow = new Map<number, Record<string, number>>()
  for (const [column, rows] of cuts.entries()) {
    for (const [row, byteLength] of rows) {
      const cells = byRow.get(row) ?? {}
      cells[column] = byteLength
      byRow.set(row, cells)
    }
  }
  return Array.from({ length: rowCount }, (_, row) => {
    const cells = byRow.get(row)
    return cells === undefined ? null : JSON.stringify(cells)
  })
}

function withColumn(batch: RecordBatch, field: DataField, values: readonly (string | null)[]): RecordBatch {
  const builder = new BatchBuilder({ fields: [field] }, Math.max(1, values.length))
  for (const value of values) builder.appendRow([value])
  const column = builder.finish()
  return {
    schema: { fields: [...batch.schema.fields, field] },
    rowCount: batch.rowCount,
    nodes: [...batch.nodes, ...column.nodes],
    buffers: [...batch.buffers, ...column.buffers],
  }
}

/** Into memory of its own, so that it can be handed to another thread without copying. */
function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let position = 0
  for (const part of parts) {
    joined.set(part, position)
    position += part.byteLength
  }
  return joined
}
