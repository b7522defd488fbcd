/**
 * Every failure a person or a program may meet, in one table: code → HTTP status and default sentence. docs/errors.md lists
 * exactly these (a test compares). Say what happened in `message`, why in `detail`, what next in `hint`.
 */
export const errorCodes = {
  // the request
  BAD_REQUEST: { status: 400, message: 'The request is not understood.' },
  NOT_AUTHENTICATED: { status: 401, message: 'Please sign in.' },
  PASSWORD_CHANGE_REQUIRED: { status: 403, message: 'Please change your password first.' },
  NOT_PERMITTED: { status: 403, message: 'You are not allowed to do this.' },
  CROSS_SITE: { status: 403, message: 'The request came from another site and was refused.' },
  HOST_REFUSED: { status: 421, message: 'This address is not one that Tusk answers to.' },
  NOT_FOUND: { status: 404, message: 'There is no such thing here.' },
  CONFIRMATION_NEEDED: { status: 428, message: 'This must be confirmed first.' },
  CONFLICT: { status: 409, message: 'Somebody changed this in the meantime.' },
  TOO_LARGE: { status: 413, message: 'That is more than is allowed.' },
  TOO_MANY: { status: 429, message: 'Too many at once; try again in a moment.' },
  // connections and queries
  CONNECTION_CONFIG: { status: 400, message: 'The connection settings are not complete or not valid.' },
  CONNECTION_FAILED: { status: 502, message: 'The database could not be reached.' },
  CONNECTION_LOST: { status: 502, message: 'The database connection was lost.' },
  CREDENTIALS_REQUIRED: { status: 403, message: 'This connection needs your own user and password.' },
  AUTHENTICATION_FAILED: { status: 502, message: 'The database refused the user name or password.' },
  DATABASE_BUSY: { status: 409, message: 'The database is in use by somebody else.' },
  DRIVER_MISSING: { status: 501, message: 'The driver for this kind of database is not installed.' },
  QUERY_FAILED: { status: 422, message: 'The database reported an error.' },
  QUERY_CANCELLED: { status: 499, message: 'The query was cancelled.' },
  QUERY_TIMEOUT: { status: 504, message: 'The query took longer than allowed and was stopped.' },
  READ_ONLY: { status: 403, message: 'This connection is read-only.' },
  SESSION_LOST: { status: 409, message: 'The database session ended; temporary tables and settings of it are gone.' },
  VALUE_OUT_OF_RANGE: { status: 422, message: 'A value does not fit the column type of the result.' },
  // hosts and results
  HOST_DIED: { status: 502, message: 'The process that ran the query ended unexpectedly.' },
  RESULT_NOT_FOUND: { status: 404, message: 'This result does not exist any more.' },
  RESULT_DAMAGED: { status: 500, message: 'The stored result is damaged.' },
  RESULT_QUOTA: { status: 507, message: 'The space for results is used up.' },
  DISK_FULL: { status: 507, message: 'The disk is full.' },
  // state and start
  STATE_LOCKED: { status: 409, message: 'Another Tusk is using this state directory.' },
  STATE_DAMAGED: { status: 500, message: 'A file of the state directory cannot be read.' },
  CONFIG_INVALID: { status: 500, message: 'The configuration is not valid.' },
  PLUGIN_FAILED: { status: 500, message: 'A plugin failed to load.' },
  USAGE: { status: 400, message: 'The command is not understood.' },
  UNSUPPORTED: { status: 501, message: 'This is not supported here.' },
  INTERNAL: { status: 500, message: 'Something went wrong inside Tusk.' },
} as const satisfies Record<string, { status: number; message: string }>

export type ErrorCode = keyof typeof errorCodes

export interface TuskErrorOptions {
  readonly cause?: unknown
  /** Why, in a sentence: the database's DETAIL, the failing path, the limit. */
  readonly detail?: string
  /** What the person can do next. */
  readonly hint?: string
  /** The source's own code: an SQLSTATE, a SQLite result code, an errno. */
  readonly sourceCode?: string
  /** Where in the statement, in UTF-16 units from 0 of the statement's own text. */
  readonly position?: number
}

/** The only error that crosses a room's border. `toJSON` is what the browser and other processes get (`WireError`). */
export class TuskError extends Error {
  readonly code: ErrorCode
  readonly detail: string | undefined
  readonly hint: string | undefined
  readonly sourceCode: string | undefined
  readonly position: number | undefined

  constructor(code: ErrorCode, message?: string, options: TuskErrorOptions = {}) {
    super(message ?? errorCodes[code].message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TuskError'
    this.code = code
    this.detail = options.detail
    this.hint = options.hint
    this.sourceCode = options.sourceCode
    this.position = options.position
  }

  get status(): number {
    return errorCodes[this.code].status
  }

  toJSON(): WireError {
    return {
      code: this.code,
      message: this.message,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.sourceCode === undefined ? {} : { sourceCode: this.sourceCode }),
      ...(this.position === undefined ? {} : { position: this.position }),
    }
  }

  static fromJSON(wire: WireError): TuskError {
    return new TuskError(wire.code, wire.message, wire)
  }

  /** `unknown` from a catch as a TuskError: itself, or INTERNAL with the cause kept. */
  static from(error: unknown, code: ErrorCode = 'INTERNAL'): TuskError {
    if (error instanceof TuskError) return error
    return new TuskError(code, error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** An error as JSON: across processes, in SSE events, in API answers (`{ "error": WireError }`). */
export interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly detail?: string
  readonly hint?: string
  readonly sourceCode?: string
  readonly position?: number
}
