import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { TuskError } from '../errors.ts'
import { diskError } from './disk-error.ts'
import type { Home } from './home.ts'

/**
 * Holds the state directory for one studio (R37). The lock is an exclusive transaction on a database file, so the operating
 * system lets go of it however the process ends. STATE_LOCKED names the holder's process and address where they are known;
 * STATE_DAMAGED and DISK_FULL name the file that cannot be used.
 */
export class StateLock implements Disposable {
  readonly #database: DatabaseSync
  readonly #noteFile: string

  private constructor(database: DatabaseSync, noteFile: string) {
    this.#database = database
    this.#noteFile = noteFile
  }

  static acquire(home: Home): StateLock {
    const file = home.path('lock')
    const noteFile = home.path('lock.json')
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(file)
      database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
      const lock = new StateLock(database, noteFile)
      lock.note()
      return lock
    } catch (error) {
      database?.close()
      const known = diskError(error, file)
      throw known?.code === 'STATE_LOCKED' ? heldBy(home, readNote(noteFile), error) : (known ?? error)
    }
  }

  /** Tells others who holds the lock, and where it answers. */
  note(address?: string): void {
    try {
      writeFileSync(this.#noteFile, JSON.stringify({ pid: process.pid, address }), { mode: 0o600 })
    } catch (error) {
      throw diskError(error, this.#noteFile) ?? error
    }
  }

  [Symbol.dispose](): void {
    this.#database.exec('ROLLBACK')
    this.#database.close()
  }
}

function heldBy(home: Home, holder: ReturnType<typeof readNote>, cause: unknown): TuskError {
  return new TuskError('STATE_LOCKED', `Another Tusk is using ${home.directory}.`, {
    ...(holder === undefined
      ? {}
      : { detail: `It is process ${holder.pid}${holder.address === undefined ? '' : ` at ${holder.address}`}.` }),
    hint: 'Open that one, end it, or set TUSK_HOME to another directory.',
    cause,
  })
}

function readNote(file: string): { pid: number; address?: string } | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof note !== 'object' || note === null || !('pid' in note) || typeof note.pid !== 'number') return undefined
    return {
      pid: note.pid,
      ...('address' in note && typeof note.address === 'string' ? { address: note.address } : {}),
    }
  } catch {
    return undefined // The note is a courtesy: without it the error just says less.
  }
}
