import type { Dialect, StatementKind } from '../engine/dialect.ts'
import { TuskError } from '../errors.ts'
import { classifyStatement, commonKinds, kindOfWith, type StatementKinds, type Word } from './classify-statement.ts'
import { dangersOf } from './dangers.ts'
import { explained } from './explain/explained.ts'
import { readPostgresPlan } from './explain/postgres-plan.ts'
import { namedParameters } from './parameters/bind-parameters.ts'
import { postgresParameters } from './parameters/styles.ts'
import { checkName, checkText, quoteWith, wordSet } from './quoting.ts'
import { type SplitRules, type StatementEnd, splitScript } from './split-script.ts'
import { beginWith, type OutsideTransactions, runsInside } from './transactions.ts'

/** Keywords of PostgreSQL 18 that are not unreserved, as `quote_ident` quotes them. */
const keywords = wordSet(`
  all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_catalog
  current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else end except
  false fetch for foreign from grant group having in initially intersect into lateral leading limit localtime localtimestamp
  not null offset on only or order placing primary references returning select session_user some symmetric system_user table
  then to trailing true union unique user using variadic when where window with
  authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull join left like natural
  notnull outer overlaps right similar tablesample verbose
  between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int integer
  interval json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize
  json_table json_value least merge_action national nchar none normalize nullif numeric out overlay position precision real
  row setof smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat xmlelement xmlexists
  xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
`)

/** PostgreSQL cuts longer names silently and would then mean another object. */
const nameBytes = 63

export const postgresRules: SplitRules = {
  dollarQuotes: true,
  escapeTexts: true,
  nestedComments: true,
  foreignNameQuotes: false,
  unicodeSpaces: false,
  statementEnd,
  hintComment: '/*+',
}

/**
 * As psql: a semicolon inside parentheses (CREATE RULE … DO (…;…)) or between BEGIN ATOMIC and its END, in CREATE FUNCTION
 * and CREATE PROCEDURE, belongs to the statement.
 */
function statementEnd(): StatementEnd {
  const firstWords: string[] = []
  let parentheses = 0
  let bodies = 0
  let previous = ''
  return (word, symbol) => {
    if (symbol === '(') parentheses++
    else if (symbol === ')') parentheses = Math.max(0, parentheses - 1)
    if (word !== '' && firstWords.length < 4) firstWords.push(word)
    if (word !== '' && parentheses === 0) {
      if (bodies === 0) bodies = word === 'atomic' && previous === 'begin' && createsRoutine(firstWords) ? 1 : 0
      else if (word === 'case') bodies++
      else if (word === 'end') bodies--
    }
    previous = word
    return parentheses === 0 && bodies === 0
  }
}

function createsRoutine([first, second, third, fourth]: readonly string[]): boolean {
  const kind = second === 'or' && third === 'replace' ? fourth : second
  return first === 'create' && (kind === 'function' || kind === 'procedure')
}

/** `SELECT … INTO [TEMP] t` makes a table. */
function kindOfSelect(words: readonly Word[]): StatementKind {
  const into = words.findIndex(word => word.depth === 0 && word.text === 'into')
  if (into < 0) return 'select'
  return words.slice(into + 1, into + 3).some(word => word.text === 'temp' || word.text === 'temporary')
    ? 'session'
    : 'ddl'
}

const kinds: StatementKinds = {
  ...commonKinds,
  select: kindOfSelect,
  with: words => (kindOfWith(words) === 'select' ? kindOfSelect(words) : kindOfWith(words)),
  table: 'select',
  show: 'select',
  fetch: 'select',
  merge: 'write',
  truncate: 'write',
  copy: words => (words.some(word => word.depth === 0 && word.text === 'from') ? 'write' : 'other'),
  comment: 'ddl',
  grant: 'ddl',
  revoke: 'ddl',
  reassign: 'ddl',
  security: 'ddl',
  import: 'ddl',
  start: 'session',
  abort: 'session',
  set: 'session',
  reset: 'session',
  prepare: 'session',
  deallocate: 'session',
  declare: 'session',
  close: 'session',
  move: 'session',
  listen: 'session',
  unlisten: 'session',
  lock: 'session',
  load: 'session',
  discard: 'session',
}

const levels = [
  { id: 'read committed', label: 'Read committed' },
  { id: 'repeatable read', label: 'Repeatable read' },
  { id: 'serializable', label: 'Serializable' },
] as const

/** What PostgreSQL refuses inside of a transaction, or what controls one. */
const outside: OutsideTransactions =
  /^(?:begin|start|commit|end|rollback|abort|vacuum|discard|(?:create|drop) (?:database|tablespace|subscription)|alter system|create (?:unique )?index concurrently|drop index concurrently|reindex .*concurrently)\b/

export const postgresDialect: Dialect = {
  id: 'postgres',
  quoteIdentifier(name) {
    checkName(name)
    if (new TextEncoder().encode(name).byteLength > nameBytes)
      throw new TuskError('BAD_REQUEST', `The name “${name}” is longer than PostgreSQL allows.`, {
        detail: `A name holds at most ${nameBytes} bytes.`,
      })
    return /^[a-z_][a-z0-9_]*$/.test(name) && !keywords.has(name) ? name : quoteWith('"', name)
  },
  /** Means the same whatever `standard_conforming_strings` is. */
  quoteLiteral(text) {
    checkText(text)
    const quoted = quoteWith("'", text)
    return quoted.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted
  },
  split: script => splitScript(script, postgresRules),
  classify: statement => classifyStatement(statement, postgresRules, kinds),
  dangers: statement => dangersOf(statement, postgresRules),
  parameters: namedParameters(postgresParameters(postgresRules)),
  explain: {
    plan: 'EXPLAIN (FORMAT JSON) ',
    analyze: 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ',
    explained: statement => explained(statement, postgresRules),
    hasPlan: columns => columns.length === 1 && columns[0] === 'QUERY PLAN',
    read: readPostgresPlan,
  },
  transactions: {
    levels,
    begin: level => beginWith(levels, level, known => `BEGIN ISOLATION LEVEL ${known.toUpperCase()}`),
    savepoints: true,
    belongsInside: statement => runsInside(statement, postgresRules, outside),
  },
}
