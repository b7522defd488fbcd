import { TuskError } from '../errors.ts'

/**
 * An error of the file system or of SQLite, met at `path` of the state directory, in the words of Tusk: DISK_FULL, STATE_LOCKED or
 * STATE_DAMAGED. Undefined for any other error: that is a fault of ours.
 */
export function diskError(error: unknown, path: string): TuskError | undefined {
  if (error instanceof TuskError) return error
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const options = { detail: error.message, cause: error }
  switch (kindOf(error)) {
    case 'full':
      return new TuskError('DISK_FULL', `The disk is full: ${path} could not be written.`, {
        ...options,
        hint: 'Free some space, then try again.',
        ...sourceCode(error),
      })
    case 'busy':
      return new TuskError('STATE_LOCKED', `Another program keeps ${path} locked.`, {
        ...options,
        hint: 'End that program, then try again.',
        ...sourceCode(error),
      })
    case 'damaged':
      return new TuskError('STATE_DAMAGED', `${path} is damaged.`, {
        ...options,
        hint: 'Stop Tusk and move the file away to start with an empty one, or restore it from a backup. Tusk does not overwrite it.',
        ...sourceCode(error),
      })
    case 'refused':
      return new TuskError('STATE_DAMAGED', `${path} cannot be read or written.`, {
        ...options,
        hint: 'Make the state directory readable and writable for you, or set TUSK_HOME to another one.',
        ...sourceCode(error),
      })
    case 'other':
      return undefined
  }
}

type Kind = 'full' | 'busy' | 'damaged' | 'refused' | 'other'

function kindOf(error: Error): Kind {
  if ('errcode' in error && typeof error.errcode === 'number') return sqliteKinds[error.errcode & 0xff] ?? 'other'
  return systemKinds[String((error as NodeJS.ErrnoException).code)] ?? 'other'
}

function sourceCode(error: Error): { readonly sourceCode?: string } {
  const { code } = error as NodeJS.ErrnoException
  return code === undefined || 'errcode' in error ? {} : { sourceCode: code }
}

const systemKinds: Readonly<Record<string, Kind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EBUSY: 'busy',
  EROFS: 'refused',
  EACCES: 'refused',
  EPERM: 'refused',
  EIO: 'refused',
  EISDIR: 'refused',
  ENOTDIR: 'refused',
  ENOENT: 'refused',
}

/** SQLite's primary result codes. */
const sqliteKinds: Readonly<Record<number, Kind>> = {
  3: 'refused', // PERM
  5: 'busy', // BUSY
  6: 'busy', // LOCKED
  8: 'refused', // READONLY
  10: 'refused', // IOERR
  11: 'damaged', // CORRUPT
  13: 'full', // FULL
  14: 'refused', // CANTOPEN
  26: 'damaged', // NOTADB
}
