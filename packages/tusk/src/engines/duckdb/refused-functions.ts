import { TuskError } from '../../errors.ts'
import { type StatementWord, statementWords } from './statement-words.ts'

/**
 * Logging belongs to the whole database and not to a session, and no setting locks it: whoever switches it on reads the statements of
 * all others, writes files from a SELECT, and with a path that cannot be written to makes every statement of every session fail and the
 * process end when the database is closed (DuckDB throws where C++ lets nothing be thrown).
 */
const logging = new Set(['enable_logging', 'disable_logging', 'truncate_duckdb_logs'])

/** They run SQL from a text that may be put together where nobody reads it. */
const hiding = new Set(['query', 'json_execute_serialized_sql'])

/** After these, `query (a, b)` is a name with columns. */
const beforeNames = new Set(['with', 'recursive', 'into', 'table', 'view', 'exists'])

/** NOT_PERMITTED for a statement that calls what would break a locked database for all who use it, or would hide such a call. */
export function refuseFunctions(sql: string): void {
  const name = refusedFunction(sql)
  if (name === undefined) return
  throw logging.has(name)
    ? new TuskError('NOT_PERMITTED', `DuckDB\u2019s logging (${name}) cannot be used here.`, {
        detail: 'It belongs to the whole database, which others may be using too.',
        hint: 'What you ran is in the history.',
      })
    : new TuskError('NOT_PERMITTED', `The function ${name} cannot be used here.`, {
        detail: 'It runs SQL that cannot be checked before.',
        hint: 'Write that SQL out as a statement of its own.',
      })
}

/** The first such function that is called, or would be by a view or macro of this text. */
export function refusedFunction(sql: string): string | undefined {
  const words = statementWords(sql)
  return words.find((word, at) => logging.has(word.name) || (hiding.has(word.name) && isCall(words, at)))?.name
}

function isCall(words: readonly StatementWord[], at: number): boolean {
  const isNamed = words[at]!.kind === 'word' || words[at]!.kind === 'name'
  if (!isNamed) return false
  if (words[at]!.name !== 'query') return true
  return words[at + 1]?.source === '(' && !beforeNames.has(words[at - 1]?.name ?? '')
}
