import type { DataField } from '../../../wire.ts'
import { columnKind } from './column-kind.ts'

/** A value to be copied: its exact text, and its JSON made only when asked for. */
export interface CopyValue {
  readonly text: string | null
  readonly json: () => string
}

/** Turns rows into text of one format, row by row. Each call returns the text to be appended. */
export interface CopyWriter {
  begin(fields: readonly DataField[]): string
  row(values: readonly CopyValue[], isFirst: boolean): string
  end(): string
}

/** How the target of an INSERT writes names and values. */
export interface CopyDialect {
  quoteIdentifier(name: string): string
  /** `text` is the exact text of a value that is not NULL. */
  quoteValue(field: DataField, text: string): string
}

export type CopyFormat = 'tsv' | 'tsv-headers' | 'csv' | 'json' | 'markdown' | 'insert' | 'in-list'

export const copyFormatLabels: Record<CopyFormat, string> = {
  tsv: 'Copy',
  'tsv-headers': 'Copy with headers',
  csv: 'CSV',
  json: 'JSON',
  markdown: 'Markdown table',
  insert: 'SQL INSERT',
  'in-list': 'SQL IN list',
}

export function createCopyWriter(format: CopyFormat, dialect: CopyDialect = standardSql): CopyWriter {
  switch (format) {
    case 'tsv':
      return delimited('\t', false)
    case 'tsv-headers':
      return delimited('\t', true)
    case 'csv':
      return delimited(',', true)
    case 'json':
      return jsonRows()
    case 'markdown':
      return markdownTable()
    case 'insert':
      return insertStatement(dialect)
    case 'in-list':
      return inList(dialect)
  }
}

/** Names and text in quotes that are doubled inside, as in the SQL standard; numbers and booleans bare. */
export const standardSql: CopyDialect = {
  quoteIdentifier: name => `"${name.replaceAll('"', '""')}"`,
  quoteValue(field, text) {
    const kind = columnKind(field)
    if (kind === 'boolean' || (kind === 'number' && /^-?[\d.]+(?:e[+-]?\d+)?$/i.test(text))) return text
    return `'${text.replaceAll("'", "''")}'`
  },
}

/** A cell of a table with separators: quoted when it holds the separator, a quote or a line break; NULL is nothing at all. */
export function quoteDelimited(text: string | null, separator: string): string {
  if (text === null) return ''
  if (!text.includes(separator) && !/["\n\r]/.test(text)) return text
  return `"${text.replaceAll('"', '""')}"`
}

function delimited(separator: string, hasHeader: boolean): CopyWriter {
  return {
    begin: fields =>
      hasHeader ? `${fields.map(field => quoteDelimited(field.name, separator)).join(separator)}\n` : '',
    row: (values, isFirst) =>
      `${isFirst ? '' : '\n'}${values.map(value => quoteDelimited(value.text, separator)).join(separator)}`,
    end: () => '',
  }
}

function jsonRows(): CopyWriter {
  let keys: readonly string[] = []
  return {
    begin(fields) {
      keys = uniqueNames(fields.map(field => field.name)).map(name => JSON.stringify(name))
      return '['
    },
    row: (values, isFirst) =>
      `${isFirst ? '\n' : ',\n'}  {${values.map((value, index) => `${keys[index]}: ${value.json()}`).join(', ')}}`,
    end: () => '\n]',
  }
}

function markdownTable(): CopyWriter {
  const cell = (text: string) =>
    text
      .replaceAll('\\', '\\\\')
      .replaceAll('|', '\\|')
      .replace(/\r\n|[\n\r]/g, '<br>')
  return {
    begin: fields =>
      `| ${fields.map(field => cell(field.name)).join(' | ')} |\n| ${fields
        .map(field => (columnKind(field) === 'number' ? '---:' : '---'))
        .join(' | ')} |`,
    row: values => `\n| ${values.map(value => (value.text === null ? 'NULL' : cell(value.text))).join(' | ')} |`,
    end: () => '\n',
  }
}

function insertStatement(dialect: CopyDialect): CopyWriter {
  let fields: readonly DataField[] = []
  let names: readonly string[] = []
  return {
    begin(columns) {
      fields = columns
      names = uniqueNames(columns.map(field => field.name)).map(name => dialect.quoteIdentifier(name))
      return `INSERT INTO ${dialect.quoteIdentifier('table_name')} (${names.join(', ')}) VALUES`
    },
    row: (values, isFirst) =>
      `${isFirst ? '' : ','}\n  (${values.map((value, index) => sqlValue(dialect, fields[index]!, value)).join(', ')})`,
    end: () => ';\n',
  }
}

function inList(dialect: CopyDialect): CopyWriter {
  let fields: readonly DataField[] = []
  const seen = new Set<string>()
  return {
    begin(columns) {
      fields = columns
      seen.clear()
      return '('
    },
    row(values) {
      let text = ''
      values.forEach((value, index) => {
        if (value.text === null) return
        const literal = sqlValue(dialect, fields[index]!, value)
        if (seen.has(literal)) return
        text += `${seen.size === 0 ? '' : ', '}${literal}`
        seen.add(literal)
      })
      return text
    },
    end: () => (seen.size === 0 ? 'NULL)' : ')'),
  }
}

function sqlValue(dialect: CopyDialect, field: DataField, value: CopyValue): string {
  return value.text === null ? 'NULL' : dialect.quoteValue(field, value.text)
}

/** Empty names become `column 3`, repeated ones get ` (2)`. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const used = new Set<string>()
  return names.map((name, index) => {
    const base = name === '' ? `column ${index + 1}` : name
    let unique = base
    for (let count = 2; used.has(unique); count++) unique = `${base} (${count})`
    used.add(unique)
    return unique
  })
}
