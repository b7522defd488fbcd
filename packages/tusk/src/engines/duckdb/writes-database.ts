import { duckdbDialect } from '../../dialect/duckdb.ts'
import { statementWords } from './statement-words.ts'

/** First words of statements that change nothing but the session, or run what the session was allowed to prepare. */
const harmless = new Set(
  'begin start commit end rollback abort set reset use deallocate execute pivot unpivot'.split(' '),
)

/** `EXPLAIN (ANALYZE, FORMAT JSON)`: what may stand before the statement, as words without blanks and comments. */
const beforeExplained = /^explain (?:analyze |analyse |\( [^()]*\) )?/i
const beforePrepared = /^prepare (?:"(?:[^"]|"")*"|[^\s"]+) (?:\( [^()]*\) )?as /i
const makesTemporary = /^create (?:or replace )?(?:local |global )?(?:temp|temporary) /i

/**
 * Whether a statement might change the database: what a read-only session refuses where the file is open for writing beside it.
 * What is not known to be harmless counts as writing: CALL, LOAD, ATTACH and COPY … TO (a file, which may be the database's own) do.
 * It keeps people from accidents; a function that writes behind a SELECT is not seen.
 */
export function writesDatabase(sql: string): boolean {
  return mayWrite(inOneLine(duckdbDialect.split(sql)[0]?.text ?? ''))
}

function mayWrite(text: string): boolean {
  if (/(?:^|\s)"?nextval"? \(/i.test(text)) return true
  const before = beforeExplained.exec(text) ?? beforePrepared.exec(text)
  if (before !== null) return mayWrite(text.slice(before[0].length))
  if (makesTemporary.test(text)) return false
  const kind = duckdbDialect.classify(text)
  if (kind === 'select') return false
  const first = /^[a-z]+/i.exec(text)?.[0].toLowerCase() ?? ''
  if (first === 'with') return kind === 'write' || !/ (?:pivot|unpivot) /i.test(text)
  return text !== '' && !harmless.has(first)
}

/** The words of a statement with one blank after each: comments gone, texts and quoted names whole. */
function inOneLine(statement: string): string {
  return statementWords(statement)
    .map(({ source }) => `${source} `)
    .join('')
}
