import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { TuskError } from '../errors.ts'
import { viewFile, viewHeadFile } from './spool-format.ts'

/** The row numbers of a view's rows `offset…offset+limit`; fewer at its end, or at the end of its first page while the rest is being made. */
export function readViewRows(directory: string, view: string, offset: number, limit: number): Uint32Array<ArrayBuffer> {
  const rows =
    readRowNumbers(viewRowsFile(directory, view), offset, limit) ??
    readRowNumbers(viewHeadFile(directory, view), offset, limit)
  if (rows === undefined) throw new TuskError('NOT_FOUND', 'There is no such view of this result.')
  return rows
}

/** The file of a view's whole order. BAD_REQUEST when `view` is no id of one. */
export function viewRowsFile(directory: string, view: string): string {
  return viewFile(directory, checkedView(view))
}

/** How many rows a file of row numbers has. NOT_FOUND. */
export function viewRowCount(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined) throw new TuskError('NOT_FOUND', 'There is no such view of this result.')
  return Math.floor(size / 4)
}

/** Row numbers in a file of little-endian uint32; undefined when there is no such file. */
export function readRowNumbers(path: string, offset: number, limit: number): Uint32Array<ArrayBuffer> | undefined {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    const inFile = Math.floor(fstatSync(descriptor).size / 4)
    const rows = new Uint32Array(Math.max(0, Math.min(limit, inFile - offset)))
    const bytes = new Uint8Array(rows.buffer)
    for (let done = 0; done < bytes.byteLength; ) {
      const read = readSync(descriptor, bytes, done, bytes.byteLength - done, offset * 4 + done)
      if (read === 0) throw new TuskError('RESULT_DAMAGED', 'The order of these rows is damaged.', { detail: path })
      done += read
    }
    return rows
  } finally {
    closeSync(descriptor)
  }
}

/** View ids become file names, so only ids as ResultCompute makes them pass. */
function checkedView(view: string): string {
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(view)) throw new TuskError('BAD_REQUEST', 'This is not the id of a view.')
  return view
}
