import type { TransactionLevel } from '../engine/transactions.ts'
import { TuskError } from '../errors.ts'
import type { LexicalRules } from './lexer.ts'
import { placedWords } from './words.ts'

/** Matches the beginning of statements that no transaction is begun for: words in lower case, one blank between them. */
export type OutsideTransactions = RegExp

/** Enough words to know a statement by. */
const looksAt = 12

export function runsInside(statement: string, rules: LexicalRules, outside: OutsideTransactions): boolean {
  const beginning = placedWords(statement.slice(0, 4_000), rules)
    .slice(0, looksAt)
    .map(({ text }) => text)
    .join(' ')
  return beginning !== '' && !outside.test(beginning)
}

/** A level that is not named is the engine's own choice: a plain BEGIN. BAD_REQUEST for one that is not known. */
export function beginWith(
  levels: readonly TransactionLevel[],
  level: string | undefined,
  statement: (level: string) => string,
): string {
  if (level === undefined) return 'BEGIN'
  const known = levels.find(({ id }) => id === level)
  if (known === undefined)
    throw new TuskError('BAD_REQUEST', `There is no isolation level “${level}” here.`, {
      hint: `Known: ${levels.map(({ id }) => id).join(', ')}`,
    })
  return statement(known.id)
}
