import type { Dialect, StatementKind } from '../engine/dialect.ts'
import { classifyStatement, commonKinds, type StatementKinds, type Word } from './classify-statement.ts'
import { dangersOf } from './dangers.ts'
import { explained } from './explain/explained.ts'
import { readSqlitePlan } from './explain/sqlite-plan.ts'
import { namedParameters } from './parameters/bind-parameters.ts'
import { sqliteParameters } from './parameters/styles.ts'
import { checkName, checkText, quoteWith, wordSet } from './quoting.ts'
import { type SplitRules, type StatementEnd, splitScript } from './split-script.ts'
import { beginWith, type OutsideTransactions, runsInside } from './transactions.ts'

/** All keywords of SQLite 3.53, and the two names that mean a value where no such column is. */
const keywords = wordSet(`
  abort action add after all alter always analyze and as asc attach autoincrement before begin between by cascade case cast
  check collate column commit conflict constraint create cross current current_date current_time current_timestamp database
  default deferrable deferred delete desc detach distinct do drop each else end escape except exclude exclusive exists explain
  fail filter first following for foreign from full generated glob group groups having if ignore immediate in index indexed
  initially inner insert instead intersect into is isnull join key last left like limit match materialized natural no not
  nothing notnull null nulls of offset on or order others outer over partition plan pragma preceding primary query raise range
  recursive references regexp reindex release rename replace restrict returning right rollback row rows savepoint select set
  table temp temporary then ties to transaction trigger unbounded union unique update using vacuum values view virtual when
  where window with without
  true false
`)

export const sqliteLexicalRules: SplitRules = {
  dollarQuotes: false,
  escapeTexts: false,
  nestedComments: false,
  foreignNameQuotes: true,
  unicodeSpaces: false,
  statementEnd,
}

/**
 * As sqlite3_complete(): `[EXPLAIN …] CREATE [TEMP] TRIGGER` ends only at a semicolon, END and a semicolon in a row, so
 * the END of a CASE ends nothing.
 */
function statementEnd(): StatementEnd {
  let state: 'start' | 'explain' | 'create' | 'plain' | 'trigger' | 'semicolon' | 'end' = 'start'
  return (word, symbol) => {
    switch (state) {
      case 'start':
        state = word === 'create' ? 'create' : word === 'explain' ? 'explain' : 'plain'
        break
      case 'explain':
        if (word === 'create') state = 'create'
        else if (word !== 'query' && word !== 'plan') state = 'plain'
        break
      case 'create':
        if (word === 'trigger') state = 'trigger'
        else if (word !== 'temp' && word !== 'temporary') state = 'plain'
        break
      case 'trigger':
      case 'end':
        state = symbol === ';' ? 'semicolon' : 'trigger'
        break
      case 'semicolon':
        if (word === 'end') state = 'end'
        else if (symbol !== ';') state = 'trigger'
        break
      case 'plain':
        break
      default:
        state satisfies never
    }
    return state !== 'trigger' && state !== 'semicolon'
  }
}

const readingPragmas = wordSet(`
  collation_list compile_options database_list foreign_key_check foreign_key_list freelist_count function_list index_info
  index_list index_xinfo integrity_check module_list page_count pragma_list quick_check table_info table_list table_xinfo
`)

/** `PRAGMA [schema.]name` reads; with a value it sets, in either way to write it, except for those that take a name. */
function kindOfPragma(words: readonly Word[]): StatementKind {
  const name = words[2]?.text === '.' ? 3 : 1
  if (readingPragmas.has(words[name]?.text ?? '')) return 'select'
  const next = words[name + 1]?.text
  return next === '=' || next === '(' ? 'session' : 'select'
}

const kinds: StatementKinds = {
  ...commonKinds,
  replace: 'write',
  attach: 'session',
  detach: 'session',
  pragma: kindOfPragma,
}

const levels = [
  { id: 'deferred', label: 'Deferred: locks when it first reads or writes' },
  { id: 'immediate', label: 'Immediate: takes the lock for writing at once' },
  { id: 'exclusive', label: 'Exclusive: nobody else reads or writes' },
] as const

/** What SQLite refuses or ignores inside of a transaction, or what controls one. */
const outside: OutsideTransactions = /^(?:begin|commit|end|rollback|savepoint|release|vacuum|attach|detach|pragma)\b/

export const sqliteDialect: Dialect = {
  id: 'sqlite',
  quoteIdentifier(name) {
    checkName(name)
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !keywords.has(name.toLowerCase()) ? name : quoteWith('"', name)
  },
  quoteLiteral(text) {
    checkText(text)
    return quoteWith("'", text)
  },
  split: script => splitScript(script, sqliteLexicalRules),
  classify: statement => classifyStatement(statement, sqliteLexicalRules, kinds),
  dangers: statement => dangersOf(statement, sqliteLexicalRules),
  parameters: namedParameters(sqliteParameters(sqliteLexicalRules)),
  explain: {
    plan: 'EXPLAIN QUERY PLAN ',
    noAnalyze: 'SQLite measures no plans: it has no EXPLAIN ANALYZE.',
    explained: statement => explained(statement, sqliteLexicalRules),
    hasPlan: columns => columns.join() === 'id,parent,notused,detail',
    read: readSqlitePlan,
  },
  transactions: {
    levels,
    begin: level => beginWith(levels, level, known => `BEGIN ${known.toUpperCase()}`),
    savepoints: true,
    belongsInside: statement => runsInside(statement, sqliteLexicalRules, outside),
  },
}
