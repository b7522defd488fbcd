import { duckdbRules } from '../../dialect/duckdb.ts'
import { type Token, tokenize } from '../../dialect/lexer.ts'

/** A token that says something: no space, no comment. */
export interface StatementWord {
  readonly kind: Exclude<Token['kind'], 'space' | 'comment'>
  /** As it stands in the statement. */
  readonly source: string
  /** Of a word or a quoted name: what DuckDB compares names by. Otherwise the source. */
  readonly name: string
}

export function statementWords(sql: string): readonly StatementWord[] {
  const words: StatementWord[] = []
  for (const { kind, from, to } of tokenize(sql, duckdbRules)) {
    if (kind === 'space' || kind === 'comment') continue
    const source = sql.slice(from, to)
    words.push({ kind, source, name: nameOf(kind, source) })
  }
  return words
}

function nameOf(kind: Token['kind'], source: string): string {
  if (kind === 'word') return source.toLowerCase()
  return kind === 'name' ? source.slice(1, -1).replaceAll('""', '"').toLowerCase() : source
}
