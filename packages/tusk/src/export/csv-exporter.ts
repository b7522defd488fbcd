import type { ColumnReader } from '../arrow/column-reader.ts'
import type { DataField } from '../arrow/data-type.ts'
import { isJsonNumber } from '../arrow/text/json-text.ts'
import { TuskError } from '../errors.ts'
import { writeText } from './chunks.ts'
import { optionValue } from './export-options.ts'
import type { Exporter, ExportOption } from './exporter.ts'

const options: readonly ExportOption[] = [
  { key: 'header', label: 'Column names in the first line', kind: 'boolean', default: true },
  {
    key: 'delimiter',
    label: 'Between columns',
    kind: 'choice',
    default: 'comma',
    choices: ['comma', 'semicolon', 'tab', 'pipe'],
  },
  { key: 'nullText', label: 'NULL is written as', kind: 'text', default: '', help: 'Text that is the same is quoted.' },
  {
    key: 'formulaSafe',
    label: 'Safe for spreadsheets',
    kind: 'boolean',
    default: true,
    help: "Puts ' before text that a spreadsheet would run as a formula. Switch off for an exact copy.",
  },
  { key: 'lineEnd', label: 'Line end', kind: 'choice', default: 'crlf', choices: ['crlf', 'lf'] },
  {
    key: 'byteOrderMark',
    label: 'Byte order mark',
    kind: 'boolean',
    default: false,
    help: 'Tells Excel that it is UTF-8.',
  },
]

/**
 * RFC 4180. NULL is an empty cell and empty text is `""`, so that they can be told apart. With `formulaSafe` off every
 * cell is exactly `ColumnReader.text`; with it on, text that begins like a formula has a ' before it (R35), numbers stay exact.
 */
export const csvExporter: Exporter = {
  format: 'csv',
  label: 'CSV',
  extension: 'csv',
  mimeType: 'text/csv; charset=utf-8',
  options,
  write(schema, batches, given) {
    const separator = separators[String(optionValue(options, given, 'delimiter'))]!
    const lineEnd = optionValue(options, given, 'lineEnd') === 'lf' ? '\n' : '\r\n'
    const nullText = String(optionValue(options, given, 'nullText'))
    const safe = optionValue(options, given, 'formulaSafe') === true
    const mark = optionValue(options, given, 'byteOrderMark') === true ? '\uFEFF' : ''
    const special = new RegExp(`["\\r\\n${separator}]`)
    if (special.test(nullText)) {
      throw new TuskError('BAD_REQUEST', 'The text for NULL holds a quote, a line end or the delimiter of the file.')
    }
    const quoted = (text: string): string =>
      text === nullText || special.test(text) ? `"${text.replaceAll('"', '""')}"` : text
    const names = schema.fields.map(({ name }) => quoted(safe && formulaStart.test(name) ? `'${name}` : name))
    const header = optionValue(options, given, 'header') === true && names.length !== 0
    return writeText(schema, batches, {
      before: mark + (header ? names.join(separator) + lineEnd : ''),
      *rows(columns, rowCount) {
        const cells = columns.map(column => cellWriter(column, quoted, nullText, safe))
        for (let row = 0; row < rowCount; row++) {
          let line = ''
          for (let index = 0; index < cells.length; index++) line += (index === 0 ? '' : separator) + cells[index]!(row)
          if (cells.length !== 0) yield line + lineEnd
        }
      },
      after: () => '',
    })
  },
}

const separators: Record<string, string> = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' }

function cellWriter(
  column: ColumnReader,
  quoted: (text: string) => string,
  nullText: string,
  safe: boolean,
): (row: number) => string {
  const guarded = safe && mayHoldFormula(column.field)
  const mixed = column.field.logical === 'mixed'
  return row => {
    const text = column.text(row)
    if (text === null) return nullText
    const dangerous = guarded && formulaStart.test(text) && !(mixed && isJsonNumber(text))
    return quoted(dangerous ? `'${text}` : text)
  }
}

/** Numbers, times and the texts that sources themselves make cannot be formulas. */
function mayHoldFormula({ type, logical }: DataField): boolean {
  return type.kind === 'utf8' && (logical === undefined || !harmless.has(logical))
}

const harmless = new Set(['decimal', 'interval', 'timetz', 'uuid', 'bit'])
/** What spreadsheets take for the start of a formula (OWASP), full-width forms included. */
const formulaStart = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/
