import { type ErrorCode, TuskError } from '../../errors.ts'

/**
 * What DuckDB reports as a TuskError. With the setting `errors_as_json` the message holds type, text and position; a session
 * that switched it off is understood as well. `statement` is needed to give the position in UTF-16 units.
 */
export function duckdbError(error: unknown, statement?: string): TuskError {
  if (error instanceof TuskError) return error
  const raw = error instanceof Error ? error.message : String(error)
  const report = reportFromJson(raw) ?? reportFromText(raw)
  const position = statement === undefined ? undefined : placeIn(statement, report)
  const message = withoutMark(report.message)
  const extension = missingExtension(message)
  return new TuskError(codeOf(report.type, message), extension?.message ?? sentence(report.type, message), {
    cause: error,
    ...(report.type === undefined ? {} : { sourceCode: report.type }),
    ...(extension === undefined ? {} : { detail: message, hint: extension.hint }),
    ...(position === undefined ? {} : { position }),
  })
}

interface Report {
  readonly type: string | undefined
  readonly message: string
  /** As DuckDB counts: characters in errors of the parser, bytes in all others. */
  readonly position?: number
}

function reportFromJson(raw: string): Report | undefined {
  const start = raw.indexOf('{"exception_type"')
  if (start < 0) return undefined
  try {
    const report = JSON.parse(raw.slice(start, raw.lastIndexOf('}') + 1)) as Record<string, string>
    const position = report.position === undefined ? Number.NaN : Number(report.position)
    return {
      type: report.exception_type,
      message: report.exception_message ?? raw,
      ...(Number.isInteger(position) ? { position } : {}),
    }
  } catch {
    // A message with bytes that are not JSON: shown as it came.
    return undefined
  }
}

function reportFromText(raw: string): Report {
  const match = /^([A-Za-z ]+?) Error: /.exec(raw)
  return match === null ? { type: undefined, message: raw } : { type: match[1], message: raw.slice(match[0].length) }
}

/** `LINE 2: …` followed by a `^` under the place, as DuckDB marks it in text. Cut lines ("...") give no position. */
function markedPosition(message: string, statement: string): number | undefined {
  const match = /\n\nLINE (\d+): (.*)\n( *)\^/.exec(message)
  if (match === null || match[2]!.includes('...')) return undefined
  const column = match[3]!.length - `LINE ${match[1]}: `.length
  const lines = statement.split('\n')
  const line = Number(match[1]) - 1
  if (column < 0 || line >= lines.length) return undefined
  return Math.min(statement.length, lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0) + column)
}

function withoutMark(message: string): string {
  const at = message.search(/\n\nLINE \d+: /)
  return (at < 0 ? message : message.slice(0, at)).trim()
}

function sentence(type: string | undefined, message: string): string {
  return type === undefined || message.startsWith(`${type} `) ? message : `${type} Error: ${message}`
}

function codeOf(type: string | undefined, message: string): ErrorCode {
  if (type?.toUpperCase() === 'INTERRUPT') return 'QUERY_CANCELLED'
  if (/Conflicting lock is held|Could not set lock on file/.test(message)) return 'DATABASE_BUSY'
  if (/No space left on device/i.test(message)) return 'DISK_FULL'
  if (/read-only mode/i.test(message)) return 'READ_ONLY'
  return 'QUERY_FAILED'
}

function missingExtension(message: string): { readonly message: string; readonly hint: string } | undefined {
  const match =
    /Failed to download extension "([^"]+)"/.exec(message) ??
    /extensions\/[^"]*\/([a-z0-9_]+)\.duckdb_extension" not found/.exec(message) ??
    /automatically install the required extension '([^']+)'/.exec(message) ??
    /requires the extension ([a-z0-9_]+) to be loaded/.exec(message) ??
    /exists in the ([a-z0-9_]+) extension/.exec(message)
  if (match === null) return undefined
  return {
    message: `This needs DuckDB's extension “${match[1]}”, which is not installed.`,
    hint: `Tusk works offline and downloads nothing by itself. On a machine with network access, INSTALL ${match[1]}; then LOAD ${match[1]};`,
  }
}

function placeIn(statement: string, { type, message, position }: Report): number | undefined {
  if (position === undefined) return markedPosition(message, statement)
  if (type === 'Parser') return [...statement].slice(0, position).join('').length
  return Buffer.from(statement, 'utf8').subarray(0, position).toString('utf8').length
}
