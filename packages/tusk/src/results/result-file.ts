import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Schema } from '../arrow/schema.ts'
import { TuskError, type WireError } from '../errors.ts'
import { writeFileAtomic } from '../home/write-file-atomic.ts'
import type { Provenance, ResultState } from './result-store.ts'

/** Everything about a result but its rows: `result.json`. */
export interface ResultRecord {
  readonly format: 1
  readonly id: string
  readonly owner: string
  readonly createdAt: string
  readonly provenance: Provenance
  readonly state: ResultState
  /** Absent while the columns are not known, and when they never were. */
  readonly schema?: Schema
  readonly rowCount: number
  readonly byteCount: number
  readonly affectedRows?: number
  readonly command?: string
  readonly error?: WireError
  readonly pinned: boolean
}

/** RESULT_DAMAGED, with the path and what is wrong, unless the file is whole and of this result. */
export function readResultFile(directory: string, id: string): ResultRecord {
  const path = resultFile(directory)
  try {
    const record = parsed(readFileSync(path, 'utf8'))
    if (!isRecord(record)) throw new Error('it is not the description of a result.')
    if (record.id !== id) throw new Error('it describes another result.')
    return record
  } catch (error) {
    throw new TuskError('RESULT_DAMAGED', undefined, {
      detail: `${path}: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'Remove this result and run the query again.',
      cause: error,
    })
  }
}

/** Whose a result is that readResultFile cannot read, if the start of its description is still there. */
export function ownerInDamagedFile(directory: string): string | undefined {
  try {
    const [, owner] =
      /^\{"format":1,"id":"[^"]*","owner":("(?:[^"\\]|\\.)*")/.exec(readFileSync(resultFile(directory), 'utf8')) ?? []
    return owner === undefined ? undefined : String(JSON.parse(owner))
  } catch {
    return undefined // Gone, or damaged here as well.
  }
}

/** How many rows a result has that is not being stored any more; undefined when its description does not tell. */
export function finalRowCount(directory: string): number | undefined {
  try {
    const record = parsed(readFileSync(resultFile(directory), 'utf8'))
    return isRecord(record) && record.state !== 'storing' ? record.rowCount : undefined
  } catch {
    return undefined // Rows are rows, also where nothing describes them.
  }
}

/** Replaces the file, whole or not at all. Callers write one after the other. */
export async function writeResultFile(directory: string, record: ResultRecord): Promise<void> {
  await writeFileAtomic(resultFile(directory), JSON.stringify(record))
}

function resultFile(directory: string): string {
  return join(directory, 'result.json')
}

/** Undefined for what is no JSON: the parser's own words would repeat the file. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const states: readonly unknown[] = [
  'storing',
  'complete',
  'truncated',
  'cancelled',
  'failed',
] satisfies readonly ResultState[]

function isRecord(value: unknown): value is ResultRecord {
  if (!isObject(value) || !isObject(value.provenance)) return false
  return (
    value.format === 1 &&
    typeof value.id === 'string' &&
    typeof value.owner === 'string' &&
    typeof value.createdAt === 'string' &&
    !Number.isNaN(Date.parse(value.createdAt)) &&
    typeof value.provenance.sql === 'string' &&
    states.includes(value.state) &&
    (value.schema === undefined || (isObject(value.schema) && Array.isArray(value.schema.fields))) &&
    Number.isSafeInteger(value.rowCount) &&
    Number.isSafeInteger(value.byteCount) &&
    typeof value.pinned === 'boolean'
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
