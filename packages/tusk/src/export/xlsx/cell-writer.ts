import type { ColumnReader } from '../../arrow/column-reader.ts'
import { cellStyle } from './workbook-parts.ts'

/** What a cell of a spreadsheet holds at most. */
export const longestCell = 32_767

/** A cell without its place: `<c r="A1"` + this. Empty: there is nothing, the value is NULL. */
export type CellWriter = (row: number) => string

/**
 * How a column's values become cells. Numbers and times are numbers where a spreadsheet holds them exactly, else their exact text: whole numbers
 * beyond 15 digits, microseconds, years before 1900, infinity. Text is never a formula, not even after somebody edits its cell.
 */
export function cellWriter(column: ColumnReader): CellWriter {
  const { type, logical } = column.field
  const written = (row: number, write: (text: string) => string): string => {
    const text = column.text(row)
    return text === null ? '' : write(text)
  }
  switch (type.kind) {
    case 'bool':
      return row => written(row, text => ` t="b"><v>${text === 'true' ? 1 : 0}</v></c>`)
    case 'int':
    case 'decimal':
      return row => written(row, text => (fitsNumber(text) ? numberCell(text, cellStyle.plain) : textCell(text)))
    case 'float':
      return row => written(row, text => (/\d$/.test(text) ? numberCell(text, cellStyle.plain) : textCell(text)))
    case 'date':
    case 'timestamp':
      return row => written(row, momentCell)
    case 'time':
      return row => written(row, timeCell)
    default:
      if (logical === 'decimal' || logical === 'mixed')
        return row => written(row, text => (isPlainNumber(text) ? numberCell(text, cellStyle.plain) : textCell(text)))
      return row => written(row, textCell)
  }
}

/** Text as a cell; too long a text is cut and says so. */
export function textCell(text: string, style: number = cellStyle.plain): string {
  const shown = text.length > longestCell ? shortened(text) : text
  const look = style === cellStyle.plain && formulaStart.test(shown) ? cellStyle.formulaLike : style
  return `${look === cellStyle.plain ? '' : ` s="${look}"`} t="inlineStr"><is><t xml:space="preserve">${escaped(shown)}</t></is></c>`
}

/** `A`, `Z`, `AA`, … of a column's position. */
export function columnLetters(position: number): string {
  let letters = ''
  for (let rest = position + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  return letters
}

function numberCell(text: string, style: number): string {
  return `${style === cellStyle.plain ? '' : ` s="${style}"`}><v>${text}</v></c>`
}

/** Spreadsheets keep 15 significant digits of what they show. */
function fitsNumber(text: string): boolean {
  const digits = text.replace(/^-?0*\.?0*|\./g, '')
  return digits.length <= 15
}

function isPlainNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text) && !/^-?0\d/.test(text) && fitsNumber(text)
}

const moment = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?)?(\+00)?$/
const dayMs = 86_400_000
/** Day 0 of spreadsheets; they take 1900 for a leap year, so that days before March of that year are off by one. */
const dayZero = Date.UTC(1899, 11, 30)
const firstCertainDay = 61

function momentCell(text: string): string {
  const match = moment.exec(text)
  if (match === null || text < '1900') return textCell(text)
  const [, year, month, day, hour, minute, second, fraction = '', instant] = match
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3))
  const days = (Date.UTC(Number(year), Number(month) - 1, Number(day)) - dayZero) / dayMs
  if (days < firstCertainDay || Number(fraction.slice(3)) !== 0) return textCell(text)
  if (hour === undefined) return numberCell(String(days), cellStyle.date)
  const inDay = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000 + milliseconds
  const style =
    instant === undefined
      ? milliseconds === 0
        ? cellStyle.timestamp
        : cellStyle.timestampMs
      : milliseconds === 0
        ? cellStyle.instant
        : cellStyle.instantMs
  return numberCell(String((days * dayMs + inDay) / dayMs), style)
}

function timeCell(text: string): string {
  const match = /^([01]\d|2[0-3]):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/.exec(text)
  if (match === null) return textCell(text)
  const [, hour, minute, second, fraction = ''] = match
  if (Number(fraction.slice(3)) !== 0) return textCell(text)
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3))
  const inDay = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000 + milliseconds
  return numberCell(String(inDay / dayMs), milliseconds === 0 ? cellStyle.time : cellStyle.timeMs)
}

function shortened(text: string): string {
  const note = `… (cut: ${text.length} characters, a cell holds ${longestCell})`
  const end = longestCell - note.length
  // Never half a character.
  const whole = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? end - 1 : end
  return text.slice(0, whole) + note
}

/** As XML; what XML cannot hold is written as `_x0007_`, the way workbooks do it, and so is text that only looks like that. */
function escaped(text: string): string {
  if (!special.test(text)) return text
  return text.replace(specials, found => {
    switch (found) {
      case '&':
        return '&amp;'
      case '<':
        return '&lt;'
      case '>':
        return '&gt;'
      case '_':
        return '_x005F_'
      default:
        return `_x${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`
    }
  })
}

const specials =
  /[&<>\u0000-\u0008\u000b-\u001f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const special = new RegExp(specials.source)
/** As in csv-exporter.ts. */
const formulaStart = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/
