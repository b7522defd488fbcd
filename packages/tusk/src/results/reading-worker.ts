import { parentPort } from 'node:worker_threads'
import { TuskError } from '../errors.ts'
import { locateCell } from './locate-cell.ts'
import type { NumberedOrder, ReadingAnswer, ReadingOrder } from './reading-orders.ts'
import { SpoolReader } from './spool-reader.ts'
import { cutWindow } from './window.ts'

/* The thread in which the store reads files: a cold disk makes this wait, never the web process. */

const maxOpenReaders = 24
const readers = new Map<string, SpoolReader>()

parentPort!.on('message', ({ number, order }: NumberedOrder) => {
  try {
    const value = perform(order)
    answer({ number, value }, bytesIn(value))
  } catch (error) {
    // What failed may be a file that is not what it was: the next order opens it anew.
    if (TuskError.from(error).code === 'RESULT_DAMAGED') forget(order.directory)
    answer({ number, error: TuskError.from(error).toJSON() }, [])
  }
})

function perform(order: ReadingOrder): unknown {
  switch (order.kind) {
    case 'window':
      return cutWindow(readerFor(order.directory, order.rowCount), order.request, order.rowCount)
    case 'cell':
      return locateCell(readerFor(order.directory, order.rowCount), order.request)
    case 'bytes': {
      const { file } = openReader(order.directory)
      if (file.inode !== order.inode)
        throw new TuskError('CONFLICT', 'The result was stored anew; read the cell again.')
      const bytes = new Uint8Array(order.byteLength)
      file.readInto(bytes, order.position)
      return bytes
    }
    case 'forget':
      forget(order.directory)
      return undefined
    default:
      return order satisfies never
  }
}

function readerFor(directory: string, rowCount: number | undefined): SpoolReader {
  const reader = openReader(directory)
  if (rowCount === undefined || reader.rowCount < rowCount) reader.refresh()
  if (rowCount !== undefined && reader.rowCount < rowCount) reader.walkRest()
  if (rowCount !== undefined && reader.rowCount < rowCount) {
    throw new TuskError('RESULT_DAMAGED', 'Rows of this result are missing.', {
      detail: `${reader.file.path} holds ${reader.rowCount} of ${rowCount} rows.`,
      hint: 'Run the query again.',
    })
  }
  return reader
}

function openReader(directory: string): SpoolReader {
  const known = readers.get(directory)
  if (known !== undefined && !known.replaced) {
    readers.delete(directory)
    readers.set(directory, known)
    return known
  }
  forget(directory)
  const reader = new SpoolReader(directory)
  readers.set(directory, reader)
  for (const [oldest] of readers) {
    if (readers.size <= maxOpenReaders) break
    forget(oldest)
  }
  return reader
}

function forget(directory: string): void {
  readers.get(directory)?.[Symbol.dispose]()
  readers.delete(directory)
}

function answer(message: ReadingAnswer, transfer: readonly ArrayBuffer[]): void {
  parentPort!.postMessage(message, transfer)
}

/** Handed over, not copied. */
function bytesIn(value: unknown): readonly ArrayBuffer[] {
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer]
  if (typeof value === 'object' && value !== null && 'bytes' in value) return bytesIn(value.bytes)
  return []
}
