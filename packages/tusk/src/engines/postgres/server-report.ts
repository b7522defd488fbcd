import type { Notice } from '../../engine/connection.ts'
import { type ErrorCode, TuskError, type TuskErrorOptions } from '../../errors.ts'
import type { ReportFields } from './protocol-messages.ts'

/** An error that the server reported while it ran `sql`. */
export function queryError(fields: ReportFields, sql: string, readOnly: boolean): TuskError {
  const sqlState = fields.get('C') ?? ''
  return new TuskError(queryErrorCode(fields, sqlState, readOnly), fields.get('M'), reportOptions(fields, sql))
}

function queryErrorCode(fields: ReportFields, sqlState: string, readOnly: boolean): ErrorCode {
  if (sqlState === '57014') return /timeout/i.test(fields.get('M') ?? '') ? 'QUERY_TIMEOUT' : 'QUERY_CANCELLED'
  if (sqlState === '25006' && readOnly) return 'READ_ONLY'
  if (isFatal(fields)) return 'CONNECTION_LOST'
  return 'QUERY_FAILED'
}

/** After a fatal error the server closes the connection. */
export function isFatal(fields: ReportFields): boolean {
  const severity = fields.get('V') ?? fields.get('S')
  return severity === 'FATAL' || severity === 'PANIC'
}

function reportOptions(fields: ReportFields, sql: string): TuskErrorOptions {
  const internalQuery = fields.get('q')
  const detail = [fields.get('D'), internalQuery === undefined ? undefined : `In: ${internalQuery}`, fields.get('W')]
    .filter(part => part !== undefined)
    .join('\n')
  const position = Number(fields.get('P'))
  return {
    ...(detail === '' ? {} : { detail }),
    ...optional('hint', fields.get('H')),
    ...optional('sourceCode', fields.get('C')),
    ...(position > 0 ? { position: utf16Offset(sql, position) } : {}),
  }
}

function optional<Key extends string>(key: Key, value: string | undefined): { readonly [K in Key]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: string }
}

/** The server counts characters from 1, we count UTF-16 units from 0. */
function utf16Offset(sql: string, position: number): number {
  let offset = 0
  for (let character = 1; character < position && offset < sql.length; character++) {
    offset += sql.codePointAt(offset)! > 0xffff ? 2 : 1
  }
  return offset
}

export function noticeOf(fields: ReportFields): Notice {
  return {
    severity: noticeSeverity(fields.get('V') ?? fields.get('S') ?? ''),
    message: fields.get('M') ?? '',
    ...optional('detail', fields.get('D')),
    ...optional('hint', fields.get('H')),
    ...optional('sourceCode', fields.get('C')),
  }
}

function noticeSeverity(severity: string): Notice['severity'] {
  if (severity === 'WARNING') return 'warning'
  if (severity === 'NOTICE') return 'notice'
  return severity.startsWith('DEBUG') ? 'debug' : 'info'
}

export function connectionLost(cause?: unknown): TuskError {
  return new TuskError('CONNECTION_LOST', undefined, {
    cause,
    detail: cause instanceof Error ? cause.message : 'The server closed the connection.',
    hint: 'Run it again: a new session is opened. What the old session had open, temporary tables and settings are gone.',
  })
}
