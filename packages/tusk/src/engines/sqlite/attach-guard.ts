import { constants, type DatabaseSync } from 'node:sqlite'

/**
 * Keeps statements from opening or making other files: ATTACH, and VACUUM INTO, which SQLite carries out as an ATTACH and
 * allows even in its read-only mode.
 */
export class AttachGuard {
  /** Set it before each statement. */
  statementIsVacuum = false

  constructor(database: DatabaseSync, options: { readonly allowed: boolean; readonly readOnly: boolean }) {
    database.setAuthorizer((action, fileName) => {
      // Plain VACUUM attaches a nameless temporary file of its own.
      if (action !== constants.SQLITE_ATTACH || fileName === '') return constants.SQLITE_OK
      const refused = !options.allowed || (options.readOnly && this.statementIsVacuum)
      return refused ? constants.SQLITE_DENY : constants.SQLITE_OK
    })
  }
}
