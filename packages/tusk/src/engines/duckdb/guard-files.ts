import { relative, resolve, sep } from 'node:path'
import { TuskError } from '../../errors.ts'
import { type StatementWord, statementWords } from './statement-words.ts'

/** First words of statements that open, make or run files, or make code of them. */
const refusedStatements = new Set(['attach', 'export', 'import', 'install', 'load'])
/** Functions that do the same. */
const refusedNames = new Set(['import_database', 'read_duckdb'])
/** Statements that hold another one. */
const holding = new Set(['explain', 'prepare'])

/** What COPY … TO may be told: nothing that names further files or folders. */
const copyOptions = new Set(
  `array codec compression compression_level dateformat delim delimiter encoding escape force_quote format header null
   nullstr parquet_version prefix quote row_group_size row_group_size_bytes sep suffix timestampformat`.split(/\s+/),
)

/**
 * DuckDB lets SQL write in every folder that it may read in. So where folders are open, files are written by COPY … TO alone, to a name
 * that stands there in full, in the person's export folder. NOT_PERMITTED for any other statement that could write, or open a file as a
 * database.
 */
export function guardFiles(sql: string, exports: string | undefined): FileGuard {
  const words = statementWords(sql)
  const first = words[0]?.name ?? ''
  if (words[0]?.kind === 'word' && refusedStatements.has(first)) throw refused(first.toUpperCase())
  const named = words.find(({ kind, name }) => (kind === 'word' || kind === 'name') && refusedNames.has(name))
  if (named !== undefined) throw refused(named.name)
  if (holding.has(first)) {
    const held = words.find(({ kind, name }) => kind === 'word' && (name === 'copy' || refusedStatements.has(name)))
    if (held !== undefined) throw refused(`${held.source.toUpperCase()} in ${first.toUpperCase()}`)
  }
  const writes = first === 'copy' ? copiedTo(words, exports) : undefined
  return {
    ...(writes === undefined ? {} : { writes }),
    checkKind(kind) {
      if (refusedKinds.has(kind) || (kind === 'COPY' && first !== 'copy')) throw refused(kind.replaceAll('_', ' '))
    },
  }
}

export interface FileGuard {
  /** Name of the file that the statement writes. */
  readonly writes?: string
  /** The second lock, when DuckDB has read the statement: NOT_PERMITTED where it is of another kind than its words said. */
  checkKind(kind: string): void
}

const refusedKinds = new Set(['ATTACH', 'COPY_DATABASE', 'EXPORT', 'EXTENSION', 'LOAD', 'UPDATE_EXTENSIONS'])

function copiedTo(words: readonly StatementWord[], exports: string | undefined): string | undefined {
  if (words[1]?.name === 'from') throw refused('COPY FROM DATABASE')
  const direction = endOfSource(words)
  // Reading is DuckDB's to check: it knows where each path really leads.
  if (direction === undefined || words[direction]!.name === 'from') return undefined
  if (exports === undefined)
    throw new TuskError('NOT_PERMITTED', 'You may not write files with SQL.', {
      detail: 'This needs the permission data.export.',
      hint: 'Run the query and export its result.',
    })
  const target = words[direction + 1]
  if (target?.kind !== 'text' || !target.source.startsWith("'"))
    throw new TuskError('NOT_PERMITTED', 'The file that COPY writes must be named in plain quotes.', { hint: example })
  const path = textOf(target.source)
  const way = relative(exports, resolve(exports, path))
  const isOutside = way === '' || way.startsWith('..') || way.includes(sep) || resolve(way) === way
  if (isOutside || /^[a-z][a-z0-9+.-]*:/i.test(path) || /[~\0*?[\]{}]/.test(path))
    throw new TuskError('NOT_PERMITTED', 'COPY writes into your export folder only.', { detail: path, hint: example })
  checkOptions(words.slice(direction + 2))
  return way
}

/** Where `TO` or `FROM` stands after the table or the query in parentheses. */
function endOfSource(words: readonly StatementWord[]): number | undefined {
  let depth = 0
  for (const [at, { kind, source, name }] of words.entries()) {
    if (source === '(') depth++
    else if (source === ')') depth--
    else if (at > 1 && depth === 0 && kind === 'word' && (name === 'to' || name === 'from')) return at
  }
  return undefined
}

/** `(FORMAT parquet, COMPRESSION zstd)`, perhaps after WITH. */
function checkOptions(words: readonly StatementWord[]): void {
  const given = words[0]?.name === 'with' ? words.slice(1) : words
  if (given.length === 0) return
  let depth = 0
  for (const [at, { source }] of given.entries()) {
    if (source === ')') depth--
    const isHead = depth === 1 && (given[at - 1]?.source === '(' || given[at - 1]?.source === ',')
    if (isHead && source !== ')' && !copyOptions.has(given[at]!.name))
      throw new TuskError('NOT_PERMITTED', `COPY cannot be told ${source} here.`, {
        hint: `Options: ${[...copyOptions].join(', ')}.`,
      })
    if (source === '(') depth++
    if (depth === 0 && source !== ')')
      throw new TuskError('NOT_PERMITTED', 'Options of COPY are written in parentheses here.', { hint: example })
  }
}

function textOf(literal: string): string {
  return literal.slice(1, -1).replaceAll("''", "'")
}

const example = `For example: COPY (SELECT 1 AS a) TO 'numbers.parquet' (FORMAT parquet).`

function refused(what: string): TuskError {
  return new TuskError('NOT_PERMITTED', `${what} is refused here.`, {
    detail: 'SQL reads data files in the folders of your groups, and writes with COPY … TO into your export folder.',
  })
}
