import type { SqlFlavour } from '../dialect/sql-literal.ts'
import { optionValue } from './export-options.ts'
import type { ExportOption } from './exporter.ts'
import { quoteName } from './quote-name.ts'

/** Options of formats that are statements on a table. */
export const tableOptions: readonly ExportOption[] = [
  { key: 'table', label: 'Table', kind: 'text', default: 'rows' },
  { key: 'schema', label: 'Schema', kind: 'text', default: '', help: 'Empty: the table is found by its name alone.' },
  {
    key: 'dialect',
    label: 'Written for',
    kind: 'choice',
    default: 'postgres',
    choices: ['postgres', 'duckdb', 'sqlite'],
  },
]

/** The quoted name of the table, and what the statements are written for. BAD_REQUEST for a name that no table can have. */
export function tableTarget(given: Readonly<Record<string, unknown>>): {
  readonly target: string
  readonly flavour: SqlFlavour
} {
  const names = [String(optionValue(tableOptions, given, 'schema')), String(optionValue(tableOptions, given, 'table'))]
  return {
    target: names
      .filter((name, index) => name !== '' || index === 1)
      .map(quoteName)
      .join('.'),
    flavour: String(optionValue(tableOptions, given, 'dialect')) as SqlFlavour,
  }
}
