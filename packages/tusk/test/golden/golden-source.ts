import { hostileCell, hostileColumns, hostileRowCount } from '../support/hostile-values.ts'

export interface GoldenCell {
  /** What grid, copy, CSV and command line show; null: NULL. */
  readonly text: string | null
  readonly json: string
}

/** Rows whose every cell must look the same in each view and each export. */
export interface GoldenTable {
  readonly names: readonly string[]
  /** Row by row. */
  readonly cells: readonly (readonly GoldenCell[])[]
}

/** A query whose rows are known by heart. */
export interface GoldenQuery extends GoldenTable {
  readonly setup: string
  readonly sql: string
}

/** SQL of a value, its text, and its JSON where that is not the text as a string. */
export type GoldenValue = readonly [sql: string, text: string | null, json?: string]

const NULL: GoldenCell = { text: null, json: 'null' }

/** The golden table of every type, whether an engine makes it or not. */
export const hostileTable: GoldenTable = {
  names: hostileColumns.map(({ field }) => field.name),
  cells: Array.from({ length: hostileRowCount }, (_, row) =>
    hostileColumns.map((_column, index) => hostileCell(index, row)),
  ),
}

/** One query of all columns; NULLs fill up the shorter ones, and a row of nothing but NULLs is last. */
export function goldenQuery(columns: Readonly<Record<string, readonly GoldenValue[]>>, setup = ''): GoldenQuery {
  const names = Object.keys(columns)
  const values = Object.values(columns)
  const height = Math.max(...values.map(list => list.length)) + 1
  const rows = Array.from({ length: height }, (_, row) => values.map(list => list[row]))
  // The position keeps the order; its column is part of the table.
  const lines = rows.map((row, index) => `(${[index, ...row.map(value => value?.[0] ?? 'NULL')].join(', ')})`)
  const heads = ['place', ...names].map(name => `"${name.replaceAll('"', '""')}"`).join(', ')
  const sql = `WITH golden (${heads}) AS (VALUES ${lines.join(',\n')}) SELECT * FROM golden ORDER BY 1`
  return {
    setup,
    sql,
    names: ['place', ...names],
    cells: rows.map((row, index) => [
      { text: String(index), json: String(index) },
      ...row.map(value => (value === undefined ? NULL : cellOf(value))),
    ]),
  }
}

/** Values that are numbers: their JSON is their text. */
export function numbers(type: string, texts: readonly (string | readonly [string, string])[]): readonly GoldenValue[] {
  return texts.map(given => {
    const [sql, text] = typeof given === 'string' ? [given, given] : given
    const json = /^-?\d/.test(text) ? text : JSON.stringify(text)
    return [`CAST('${sql}' AS ${type})`, text, json]
  })
}

/** Values that are written as their text. */
export function texts(type: string, list: readonly (string | readonly [string, string])[]): readonly GoldenValue[] {
  return list.map(given => {
    const [sql, text] = typeof given === 'string' ? [given, given] : given
    return [`CAST('${sql.replaceAll("'", "''")}' AS ${type})`, text]
  })
}

/** Nested values and JSON: their JSON is their text. */
export function same(list: readonly (readonly [sql: string, text: string])[]): readonly GoldenValue[] {
  return list.map(([sql, text]) => [sql, text, text])
}

/** Text that a person or an attacker may have stored. PostgreSQL has no NUL. */
export const hostileTexts: readonly string[] = [
  '',
  ' ',
  'NULL',
  '\\N',
  'tab\there',
  'line\nfeed',
  'carriage\rreturn',
  'both\r\nof them',
  '"quoted"',
  "it's",
  'a,b;c|d',
  '=1+1',
  '+cmd|calc',
  '-2+3',
  '@SUM(A1)',
  '<script>alert(1)</script>',
  '&amp;<b>',
  '\u202Etxet',
  'שלום عالم',
  '😀👩‍👩‍👧‍👦',
  'e\u0301\u200B',
  '\uFEFFbom',
  '007',
  '1e5',
  '\u0001\u001F\u007F',
]

export function textColumn(): readonly GoldenValue[] {
  return hostileTexts.map(text => [`'${text.replaceAll("'", "''")}'`, text])
}

function cellOf([, text, json]: GoldenValue): GoldenCell {
  return { text, json: json ?? (text === null ? 'null' : JSON.stringify(text)) }
}
