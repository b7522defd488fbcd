import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RecordBatch } from '../arrow/record-batch.ts'
import { TuskError } from '../errors.ts'
import type { Exporter } from '../export/exporter.ts'
import { columnsOrAll, readRange, readRowsInOrder } from '../results/read-rows.ts'
import { SpoolReader } from '../results/spool-reader.ts'
import type { ExportCall } from './protocol.ts'

/**
 * Writes a stored result in a file format to this process's standard output, as fast as it is read, and closes it. Nothing else
 * may use `process.stdout`: a stream of its own is the one that can be closed, which tells the reader that this was all.
 */
export async function runExport(
  exporters: readonly Exporter[],
  request: ExportCall,
  signal: AbortSignal,
  onProgress: (rows: number) => void,
): Promise<void> {
  const exporter = exporters.find(one => one.format === request.format)
  if (exporter === undefined) throw new TuskError('BAD_REQUEST', `There is no format “${request.format}”.`)
  using reader = SpoolReader.whole(request.directory)
  const batches = exportedBatches(reader, request, signal, onProgress)
  const output = new Socket({ fd: standardOutput, readable: false, writable: true })
  const bytes = Readable.from(exporter.write(reader.schema, batches, request.options), { objectMode: false })
  await pipeline(bytes, output, { signal })
}

const standardOutput = 1

async function* exportedBatches(
  reader: SpoolReader,
  { rowNumbersFile }: ExportCall,
  signal: AbortSignal,
  onProgress: (rows: number) => void,
): AsyncGenerator<RecordBatch, void, undefined> {
  const columns = columnsOrAll(reader.schema, undefined)
  const batches =
    rowNumbersFile === undefined
      ? readRange(reader, columns, 0, reader.rowCount)
      : readRowsInOrder(reader, columns, rowNumbersFile)
  let rows = 0
  let told = 0
  for (const batch of batches) {
    signal.throwIfAborted()
    yield batch
    rows += batch.rowCount
    if (performance.now() - told > 100) {
      told = performance.now()
      onProgress(rows)
    }
  }
  onProgress(rows)
}
