import { copyFileSync, existsSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { TuskError } from '../errors.ts'
import { diskError } from './disk-error.ts'

/** A row as the driver gives it, by column name. */
export type Row = Record<string, SQLOutputValue>

/**
 * A small database of Tusk's own state. WAL, synchronous FULL, foreign keys, busy timeout. Statements are prepared once.
 * Values are always bound; SQL is literal text of ours. What goes wrong with its file at any time is STATE_DAMAGED, STATE_LOCKED or
 * DISK_FULL with the path.
 */
export class StateDatabase implements Disposable {
  readonly file: string
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  private constructor(file: string, database: DatabaseSync) {
    this.file = file
    this.#database = database
  }

  /**
   * Opens or creates `file` and runs the migrations it has not seen, each list entry once and in order, in one transaction, after
   * a copy to `<file>.before-<version>`. STATE_DAMAGED with the path when the file is not a database or is of a newer Tusk.
   */
  static open(file: string, migrations: readonly string[]): StateDatabase {
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(file)
      database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000',
      )
      migrate(database, file, migrations)
      return new StateDatabase(file, database)
    } catch (error) {
      database?.close()
      const known = diskError(error, file)
      if (known !== undefined) throw known
      throw new TuskError('STATE_DAMAGED', `${file} cannot be opened.`, {
        detail: error instanceof Error ? error.message : String(error),
        hint: 'Move the file away to start with an empty one, or restore it from a backup.',
        cause: error,
      })
    }
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#guard(() => this.#prepare(sql).all(...values))
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#guard(() => this.#prepare(sql).get(...values))
  }

  /** Runs one changing statement; gives the number of changed rows and the id of the last new one. */
  run(sql: string, ...values: SQLInputValue[]): { readonly changes: number; readonly lastInsertId: number } {
    const outcome = this.#guard(() => this.#prepare(sql).run(...values))
    return { changes: Number(outcome.changes), lastInsertId: Number(outcome.lastInsertRowid) }
  }

  /** All of `work` or none of it. Inside of another one it is a part of that: what fails here is undone here, and lasts when the outer one does. */
  transaction<T>(work: () => T): T {
    return this.#guard(() => {
      const [begin, commit, rollback] = this.#database.isTransaction
        ? (['SAVEPOINT inner', 'RELEASE inner', 'ROLLBACK TO inner; RELEASE inner'] as const)
        : (['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'] as const)
      this.#database.exec(begin)
      try {
        const value = work()
        this.#database.exec(commit)
        return value
      } catch (error) {
        // SQLite rolls back by itself when the disk is full.
        if (this.#database.isTransaction) this.#database.exec(rollback)
        throw error
      }
    })
  }

  [Symbol.dispose](): void {
    this.#statements.clear()
    this.#database.close()
  }

  #guard<Value>(work: () => Value): Value {
    try {
      return work()
    } catch (error) {
      throw diskError(error, this.file) ?? error
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

function migrate(database: DatabaseSync, file: string, migrations: readonly string[]): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  if (version > migrations.length)
    throw new TuskError('STATE_DAMAGED', `${file} was written by a newer Tusk.`, {
      detail: `It is at version ${version}, this Tusk knows ${migrations.length}.`,
      hint: 'Start the newer Tusk, or move the file away.',
    })
  if (version === migrations.length) return
  if (version > 0 && existsSync(file)) {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    copyFileSync(file, `${file}.before-${migrations.length}`)
  }
  database.exec('BEGIN IMMEDIATE')
  try {
    for (const migration of migrations.slice(version)) database.exec(migration)
    database.exec(`PRAGMA user_version = ${migrations.length}`)
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
