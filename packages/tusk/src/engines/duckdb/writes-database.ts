import { duckdbDialect } from '../../dialect/duckdb.ts'

/**
 * Whether a statement would change the database: what a read-only session refuses where the file is open for writing beside it.
 * It keeps people from accidents; a function that writes behind a SELECT is not seen.
 */
export function writesDatabase(sql: string): boolean {
  const text = duckdbDialect.split(sql)[0]?.text ?? ''
  const explained = /^explain\s+(?:analy[sz]e\b|\((?=[^)]*\banaly[sz]e\b)[^)]*\))(.*)$/is.exec(text)
  if (explained !== null) return writesDatabase(explained[1]!)
  const prepared = /^prepare\b.*?\bas\b(.*)$/is.exec(text)
  if (prepared !== null) return writesDatabase(prepared[1]!)
  const kind = duckdbDialect.classify(text)
  return kind === 'write' || kind === 'ddl' || /\bnextval\s*\(/i.test(text)
}
