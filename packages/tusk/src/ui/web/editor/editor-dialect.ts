import { PostgreSQL, SQLDialect, SQLite } from '@codemirror/lang-sql'
import { duckdbDialect } from '../../../dialect/duckdb.ts'
import { postgresDialect } from '../../../dialect/postgres.ts'
import type { SqlFlavour } from '../../../dialect/sql-literal.ts'
import { sqliteDialect } from '../../../dialect/sqlite.ts'
import type { Dialect } from '../../../engine/dialect.ts'
import { duckdbWords, postgresWords, sqliteWords, type Vocabulary } from './completion/vocabulary.ts'

/** All the editor knows about one kind of SQL. */
export interface EditorDialect {
  readonly id: SqlFlavour
  /** Colours and folding. */
  readonly grammar: SQLDialect
  /** Splitting and quoting: the same code as the server's. */
  readonly sql: Dialect
  readonly vocabulary: Vocabulary
}

/** Words of the grammar that are no keywords where people write them: names of columns and functions. */
const everydayNames = new Set(
  `after before begin_frame category class code comment count data date day description email end_frame events first groups hour id input key
  keys label language last level location match max message method min minute mode month name names number object option options order_by
  output owner parameter path period plans policy position public ranges rank result role roles row_count row_number rows schema_name score
  second section sequence server session size source state statistics status storage style sum summary system tables target text title type types
  user_id value version view views volatile year zone abs avg`.split(/\s+/),
)
const withoutNames = (words: string | undefined): string =>
  (words ?? '')
    .split(' ')
    .filter(word => !everydayNames.has(word))
    .join(' ')

const postgresGrammar = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${withoutNames(PostgreSQL.spec.keywords)} first last type view rows`,
})

const duckdbGrammar = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${postgresGrammar.spec.keywords} qualify pivot unpivot asof positional anti semi summarize describe macro pragma exclude replace columns install attach detach use sample glob struct map`,
  types: `${PostgreSQL.spec.types} hugeint uhugeint utinyint usmallint uinteger ubigint tinyint double string blob list union timestamp_ns timestamp_ms timestamp_s`,
})

const postgres: EditorDialect = {
  id: 'postgres',
  grammar: postgresGrammar,
  sql: postgresDialect,
  vocabulary: postgresWords,
}
const duckdb: EditorDialect = { id: 'duckdb', grammar: duckdbGrammar, sql: duckdbDialect, vocabulary: duckdbWords }
const sqlite: EditorDialect = { id: 'sqlite', grammar: SQLite, sql: sqliteDialect, vocabulary: sqliteWords }

const byEngine: Readonly<Record<string, EditorDialect>> = { postgres, duckdb, sqlite }

/** By engine id; an engine we do not know is read as PostgreSQL, the closest to the standard. */
export function editorDialect(engine: string | undefined): EditorDialect {
  return (engine === undefined ? undefined : byEngine[engine]) ?? postgres
}
