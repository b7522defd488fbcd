import { PostgreSQL, SQLDialect, SQLite } from '@codemirror/lang-sql'
import { duckdbDialect } from '../../../dialect/duckdb.ts'
import { postgresDialect } from '../../../dialect/postgres.ts'
import { sqliteDialect } from '../../../dialect/sqlite.ts'
import type { Dialect } from '../../../engine/dialect.ts'
import { duckdbWords, postgresWords, sqliteWords, type Vocabulary } from './completion/vocabulary.ts'

/** All the editor knows about one kind of SQL. */
export interface EditorDialect {
  readonly id: string
  /** Colours and folding. */
  readonly grammar: SQLDialect
  /** Splitting and quoting: the same code as the server's. */
  readonly sql: Dialect
  readonly vocabulary: Vocabulary
}

const duckdbGrammar = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${PostgreSQL.spec.keywords} qualify pivot unpivot asof positional anti semi summarize describe macro pragma exclude replace columns install attach detach use sample glob struct map`,
  types: `${PostgreSQL.spec.types} hugeint uhugeint utinyint usmallint uinteger ubigint tinyint double string blob list union timestamp_ns timestamp_ms timestamp_s`,
})

const postgres: EditorDialect = {
  id: 'postgres',
  grammar: PostgreSQL,
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
