import type { SQLInputValue } from 'node:sqlite'
import { tokenize } from '../../dialect/lexer.ts'
import { sqliteLexicalRules } from '../../dialect/sqlite.ts'
import { TuskError } from '../../errors.ts'

export type Parameters = readonly (string | null)[]

/**
 * Values in the order of the statement's parameters as arguments of node:sqlite, which wants those of `:name`, `@name` and
 * `$name` by name. A name that appears again is the same parameter, as in SQLite. BAD_REQUEST for one without a value.
 */
export function bindings(
  sql: string,
  values: Parameters,
): readonly [Record<string, SQLInputValue>, ...SQLInputValue[]] {
  const named: Record<string, SQLInputValue> = {}
  const positional: SQLInputValue[] = []
  let next = 0
  for (const name of parameterNames(sql)) {
    if (name !== '?' && Object.hasOwn(named, name)) continue
    if (next >= values.length)
      throw new TuskError('BAD_REQUEST', `The parameter “${name}” has no value.`, {
        detail: 'SQLite would take NULL for it.',
        hint: 'Give it one; NULL is one too.',
      })
    const value = values[next++]!
    if (name === '?') positional.push(value)
    else named[name] = value
  }
  return [named, ...positional, ...values.slice(next)]
}

/** `?` and `?1` have no name. */
function* parameterNames(sql: string): Generator<string> {
  let previous = ''
  for (const token of tokenize(sql, sqliteLexicalRules)) {
    const text = sql.slice(token.from, token.to)
    if (text === '?') yield '?'
    else if (token.kind === 'word' && /^[:@$]$/.test(previous)) yield previous + text
    previous = text
  }
}
