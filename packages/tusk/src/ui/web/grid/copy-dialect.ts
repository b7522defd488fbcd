import { sqlLiteral } from '../../../dialect/sql-literal.ts'
import { editorDialect } from '../editor/editor-dialect.ts'
import type { CopyDialect } from './copy-format.ts'

/** How copied SQL writes names and values for an engine: as literals that it reads back as the same value. */
export function copyDialect(engine: string): CopyDialect {
  const { id, sql } = editorDialect(engine)
  return {
    quoteIdentifier: name => sql.quoteIdentifier(name),
    quoteValue: (field, text) => sqlLiteral(id, field, text, value => sql.quoteLiteral(value)),
  }
}
