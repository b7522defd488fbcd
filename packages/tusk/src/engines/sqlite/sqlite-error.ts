import { type ErrorCode, TuskError, type TuskErrorOptions } from '../../errors.ts'
import { resultCodeName } from './result-codes.ts'

/** `authorization denied`: of all the things SQLite asks about, AttachGuard refuses only one. */
const notAllowed = 'ATTACH and VACUUM INTO are not allowed on this connection.'

/** What node:sqlite throws. Without `errcode` the error is not SQLite's own. */
interface NodeSqliteError extends Error {
  readonly errcode?: number
}

/** An error of node:sqlite as ours, with SQLite's code. */
export function sqliteError(
  error: unknown,
  options: TuskErrorOptions = {},
  otherwise: ErrorCode = 'QUERY_FAILED',
): TuskError {
  if (error instanceof TuskError) return error
  const { errcode, message } = error as NodeSqliteError
  if (errcode === undefined) return new TuskError(otherwise, message, { ...options, cause: error })
  return new TuskError(codes[errcode & 255] ?? otherwise, errcode === 23 ? notAllowed : message, {
    ...hints[errcode & 255],
    ...options,
    sourceCode: resultCodeName(errcode),
    cause: error,
  })
}

const codes: Readonly<Record<number, ErrorCode>> = { 5: 'DATABASE_BUSY', 8: 'READ_ONLY', 13: 'DISK_FULL' }

const hints: Readonly<Record<number, TuskErrorOptions>> = {
  5: { hint: 'Another program is writing to this file; try again, or raise the busy timeout of the connection.' },
  23: {
    hint: 'Switch on “Allow ATTACH and VACUUM INTO” in the connection’s settings; read-only connections never write files.',
  },
  8: { hint: 'Switch off “Read-only” in the connection’s settings, if the file itself may be written to.' },
}
