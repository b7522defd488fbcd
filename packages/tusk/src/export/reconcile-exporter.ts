import type { ColumnReader } from '../arrow/column-reader.ts'
import { type DiffLayout, readDiffColumns } from '../dialect/diff-columns.ts'
import type { SqlFlavour } from '../dialect/sql-literal.ts'
import { TuskError } from '../errors.ts'
import { writeText } from './chunks.ts'
import type { Exporter } from './exporter.ts'
import { quoteName } from './quote-name.ts'
import { literalWriter } from './sql-literals.ts'
import { tableOptions, tableTarget } from './table-options.ts'

/**
 * Of a diff: the DELETE, UPDATE and INSERT statements that make the rows of before those of after, in one transaction. Rows that go come first, so that
 * what is unique is free for those that come. BAD_REQUEST for rows that are no diff.
 */
export const reconcileExporter: Exporter = {
  format: 'reconcile',
  label: 'SQL that reconciles',
  extension: 'reconcile.sql',
  mimeType: 'application/sql; charset=utf-8',
  options: tableOptions,
  write(schema, batches, given) {
    const layout = readDiffColumns(schema.fields.map(({ name }) => name))
    if (layout === undefined)
      throw new TuskError('BAD_REQUEST', 'These rows are no diff.', {
        hint: 'Compare two results first; the rows that differ can be written as the SQL that reconciles them.',
      })
    const { target, flavour } = tableTarget(given)
    return writeText(schema, batches, {
      before: 'BEGIN;\n',
      *rows(columns, rowCount) {
        const write = statementWriter(columns, layout, target, flavour)
        for (let row = 0; row < rowCount; row++) yield write(row)
      },
      after: () => 'COMMIT;\n',
    })
  },
}

function statementWriter(
  columns: readonly ColumnReader[],
  { key, values }: DiffLayout,
  target: string,
  flavour: SqlFlavour,
): (row: number) => string {
  const literals = columns.map(column => literalWriter(column, flavour))
  const value = (column: number, row: number): string => literals[column]!(row)
  const where = (row: number): string =>
    key
      .map(({ name, column }) =>
        columns[column]!.isNull(row) ? `${quoteName(name)} IS NULL` : `${quoteName(name)} = ${value(column, row)}`,
      )
      .join(' AND ')
  const inserted = [...key, ...values].map(({ name }) => quoteName(name)).join(', ')
  return row => {
    const what = columns[0]!.text(row)
    if (what === 'removed') return `DELETE FROM ${target} WHERE ${where(row)};\n`
    if (what === 'added') {
      const given = [...key.map(({ column }) => value(column, row)), ...values.map(({ after }) => value(after, row))]
      return `INSERT INTO ${target} (${inserted}) VALUES (${given.join(', ')});\n`
    }
    const changed = values.filter(({ before, after }) => columns[before]!.text(row) !== columns[after]!.text(row))
    const set = changed.map(({ name, after }) => `${quoteName(name)} = ${value(after, row)}`).join(', ')
    return set === '' ? '' : `UPDATE ${target} SET ${set} WHERE ${where(row)};\n`
  }
}
