import type { Dialect, StatementKind } from '../engine/dialect.ts'
import { classifyStatement, commonKinds, kindOfCreate, type StatementKinds, type Word } from './classify-statement.ts'
import { dangersOf } from './dangers.ts'
import { readDuckdbPlan } from './explain/duckdb-plan.ts'
import { explained } from './explain/explained.ts'
import { namedParameters } from './parameters/bind-parameters.ts'
import { duckdbParameters } from './parameters/styles.ts'
import { checkName, checkText, quoteWith, wordSet } from './quoting.ts'
import { type SplitRules, splitScript } from './split-script.ts'
import { beginWith, type OutsideTransactions, runsInside } from './transactions.ts'

/** Keywords of DuckDB 1.5 that are not unreserved, as `duckdb_keywords()` lists them. */
const keywords = wordSet(`
  all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default
  deferrable desc describe distinct do else end except false fetch for foreign from group having in initially intersect into
  lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing primary qualify
  references returning select show some summarize symmetric table then to trailing true union unique unpivot using variadic
  when where window with
  anti asof at authorization binary by collation columns concurrently cross freeze full generated glob ilike inner is isnull
  join left like map natural notnull outer overlaps positional right semi similar struct tablesample try_cast unpack verbose
  between bigint bit boolean char character coalesce dec decimal exists extract float grouping grouping_id inout int integer
  interval national nchar none nullif numeric out overlay position precision real row setof smallint substring time timestamp
  treat trim values varchar xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
  xmlserialize xmltable
  current_catalog current_date current_role current_schema current_time current_timestamp current_user localtime
  localtimestamp session_user user
`)

/** How DuckDB reads the characters of a script. */
export const duckdbRules: SplitRules = {
  dollarQuotes: true,
  escapeTexts: true,
  nestedComments: true,
  foreignNameQuotes: false,
  unicodeSpaces: true,
}

const readingPragmas = wordSet(`
  collations database_list database_size functions metadata_info platform show show_databases show_tables
  show_tables_expanded storage_info table_info user_agent version
`)

function kindOfPragma(words: readonly Word[]): StatementKind {
  return readingPragmas.has(words[1]?.text ?? '') ? 'select' : 'session'
}

const kinds: StatementKinds = {
  ...commonKinds,
  from: 'select',
  table: 'select',
  describe: 'select',
  desc: 'select',
  show: 'select',
  summarize: 'select',
  pivot: 'select',
  unpivot: 'select',
  merge: 'write',
  truncate: 'write',
  copy: words => (words.some(word => word.depth === 0 && word.text === 'from') ? 'write' : 'other'),
  /** A secret lasts as long as the process, unless it is persistent. */
  create: words => (words.slice(1, 4).some(word => word.text === 'secret') ? 'session' : kindOfCreate(words)),
  comment: 'ddl',
  import: 'write',
  start: 'session',
  abort: 'session',
  set: 'session',
  reset: 'session',
  use: 'session',
  attach: 'session',
  detach: 'session',
  prepare: 'session',
  deallocate: 'session',
  load: 'session',
  pragma: kindOfPragma,
}

/** DuckDB knows one: each transaction sees the data as it was when it began. */
const levels = [{ id: 'snapshot', label: 'Snapshot' }] as const

/** What belongs to the session or the files rather than to the data, or controls a transaction. */
const outside: OutsideTransactions =
  /^(?:begin|start|commit|end|rollback|abort|checkpoint|force checkpoint|vacuum|attach|detach|use|set|reset|pragma|load|install)\b/

export const duckdbDialect: Dialect = {
  id: 'duckdb',
  quoteIdentifier(name) {
    checkName(name)
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !keywords.has(name.toLowerCase()) ? name : quoteWith('"', name)
  },
  quoteLiteral(text) {
    checkText(text)
    return quoteWith("'", text)
  },
  split: script => splitScript(script, duckdbRules),
  classify: statement => classifyStatement(statement, duckdbRules, kinds),
  dangers: statement => dangersOf(statement, duckdbRules),
  parameters: namedParameters(duckdbParameters(duckdbRules)),
  explain: {
    plan: 'EXPLAIN (FORMAT JSON) ',
    analyze: 'EXPLAIN (ANALYZE, FORMAT JSON) ',
    explained: statement => explained(statement, duckdbRules),
    hasPlan: columns => columns.length === 2 && columns[0] === 'explain_key' && columns[1] === 'explain_value',
    read: readDuckdbPlan,
  },
  transactions: {
    levels,
    begin: level => beginWith(levels, level, () => 'BEGIN'),
    savepoints: false,
    belongsInside: statement => runsInside(statement, duckdbRules, outside),
  },
}
