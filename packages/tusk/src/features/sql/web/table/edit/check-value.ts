import { type ColumnKind, columnKind } from '../../../../../ui/web/grid/column-kind.ts'
import type { DataField } from '../../../../../wire.ts'

/** What is wrong with a text as a value of the column; undefined: nothing that could be seen without asking the database. */
export function problemWith(field: DataField, text: string): string | undefined {
  const check = checks[columnKind(field)]
  if (check === undefined || check.pattern.test(text.trim())) return problemWithJson(field, text)
  return check.says
}

const checks: Readonly<Partial<Record<ColumnKind, { readonly pattern: RegExp; readonly says: string }>>> = {
  number: {
    pattern: /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|NaN|[-+]?Infinity|-?\$?[\d,]+(?:\.\d+)?)$/i,
    says: 'This is no number. All of its digits are kept: 1234567890.123456789',
  },
  date: { pattern: /^(?:-?infinity|-?\d{1,7}-\d{1,2}-\d{1,2}(?: BC)?)$/i, says: 'A date is written as 2026-11-27.' },
  timestamp: {
    pattern:
      /^(?:-?infinity|-?\d{1,7}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?\s*(?:Z|[-+]\d{1,2}(?::?\d{2}(?::?\d{2})?)?)?(?: BC)?)$/i,
    says: 'A timestamp is written as 2026-11-27 20:15:00.123456.',
  },
  binary: { pattern: /^\\x(?:[0-9a-f]{2})*$/i, says: 'Bytes are written in hexadecimal: \\x00ff0a' },
  uuid: { pattern: /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i, says: 'A UUID has 32 hexadecimal digits.' },
}

function problemWithJson(field: DataField, text: string): string | undefined {
  const kind = columnKind(field)
  if (kind !== 'json' && kind !== 'struct' && kind !== 'list') return undefined
  // Arrays of PostgreSQL with bounds of their own: [0:1]=[5,6]
  if (kind === 'list' && /^(?:\[-?\d+:-?\d+\])+=/.test(text)) return undefined
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Digits that a double keeps. */
const doubleDigits = 15

/** What SQLite loses of a number in a column of this type; undefined: nothing. Only texts and whole numbers of 64 bits are kept digit by digit. */
export function lossInSqlite(type: string, value: string): string | undefined {
  if (/CHAR|CLOB|TEXT/i.test(type) || !/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(value.trim())) return undefined
  const text = value.trim()
  const whole = /^[-+]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined
  if (whole !== undefined && BigInt.asIntN(64, whole) === whole) return undefined
  const digits = text.replace(/e.*$/i, '').replaceAll(/\D/g, '').replace(/^0+/, '').replace(/0+$/, '')
  if (digits.length <= doubleDigits) return undefined
  return `SQLite keeps this as a floating-point number, of about ${doubleDigits} digits. A column of the type TEXT keeps all of them.`
}
