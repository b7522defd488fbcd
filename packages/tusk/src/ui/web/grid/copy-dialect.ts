import type { DataField } from '../../../wire.ts'
import { editorDialect } from '../editor/editor-dialect.ts'
import type { CopyDialect } from './copy-format.ts'

const plainNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i

/** How copied SQL writes names and values for an engine: as literals that it reads back as the same value. */
export function copyDialect(engine: string): CopyDialect {
  const { id, sql } = editorDialect(engine)
  return {
    quoteIdentifier: name => sql.quoteIdentifier(name),
    quoteValue: (field, text) => bareValue(id, field, text) ?? sql.quoteLiteral(asArray(id, field, text)),
  }
}

/** Values that stand without quotes. */
function bareValue(engine: string, field: DataField, text: string): string | undefined {
  const { type, logical } = field
  switch (type.kind) {
    case 'bool':
      return text.toUpperCase()
    case 'int':
      // SQLite reads integers beyond int64 as floats.
      return engine === 'sqlite' && text.replace('-', '').length > 18 ? undefined : text
    case 'float':
      return plainNumber.test(text) ? text : undefined
    case 'decimal':
      // SQLite would read it as a float and lose digits.
      return engine === 'sqlite' ? undefined : text
    case 'utf8':
      return logical === 'decimal' && engine === 'postgres' && plainNumber.test(text) ? text : undefined
    case 'binary':
      return binaryLiteral(engine, text.slice(2))
    default:
      return undefined
  }
}

function binaryLiteral(engine: string, hex: string): string {
  if (engine === 'postgres') return `'\\x${hex}'`
  return engine === 'duckdb' ? `unhex('${hex}')` : `X'${hex}'`
}

/** PostgreSQL writes arrays with braces; our text of one is JSON. */
function asArray(engine: string, field: DataField, text: string): string {
  if (engine !== 'postgres' || field.type.kind !== 'list') return text
  return text.replace(/"(?:[^"\\]|\\.)*"|[[\]]|null/g, part => {
    if (part === '[') return '{'
    if (part === ']') return '}'
    if (part === 'null') return 'NULL'
    return `"${(JSON.parse(part) as string).replaceAll(/["\\]/g, '\\$&')}"`
  })
}
