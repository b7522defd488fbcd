import type { DataField } from '../../../wire.ts'
import { editorDialect } from '../editor/editor-dialect.ts'
import type { CopyDialect } from './copy-format.ts'
import { jsonMembers, keyAndValue } from './json-members.ts'

const plainNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i

/** How copied SQL writes names and values for an engine: as literals that it reads back as the same value. */
export function copyDialect(engine: string): CopyDialect {
  const { id, sql } = editorDialect(engine)
  const quoteValue = (field: DataField, text: string): string =>
    id === 'duckdb' && isNested(field)
      ? duckdbNested(field, text, quoteValue)
      : (bareValue(id, field, text) ??
        sql.quoteLiteral(id === 'duckdb' ? withDuckdbEra(field, text) : asArray(id, field, text)))
  return { quoteIdentifier: name => sql.quoteIdentifier(name), quoteValue }
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
      // SQLite would read it as a float and lose digits, DuckDB does so from 39 digits on, the zero before the point included.
      return engine === 'sqlite' || (engine === 'duckdb' && type.precision > 37) ? undefined : text
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

/** Years before Christ: DuckDB reads `(BC)` behind the day and overlooks `BC` at the end. */
function withDuckdbEra({ type }: DataField, text: string): string {
  return type.kind === 'date' || type.kind === 'timestamp' ? text.replace(/^([\d-]+)(.*) BC$/, '$1 (BC)$2') : text
}

/** PostgreSQL writes arrays with braces; our text of one is JSON, behind the server's bounds where those are not usual. */
function asArray(engine: string, field: DataField, text: string): string {
  if (engine !== 'postgres') return text
  const { type, sourceType = '' } = field
  if (type.kind === 'list' && type.item.logical === 'json') return `{${jsonMembers(text).map(arrayItem).join(',')}}`
  const isArray = type.kind === 'list' || (type.kind === 'utf8' && sourceType.endsWith('[]'))
  const [, bounds, items] = /^((?:\[-?\d+:-?\d+\])*=)?(\[.*)$/s.exec(isArray ? text : '') ?? []
  if (items === undefined) return text
  const braces = items.replace(/"(?:[^"\\]|\\.)*"|[[\]]|null/g, part => {
    if (part === '[') return '{'
    if (part === ']') return '}'
    if (part === 'null') return 'NULL'
    return quotedItem(JSON.parse(part) as string)
  })
  return (bounds ?? '') + braces
}

function arrayItem(json: string): string {
  return json === 'null' ? 'NULL' : quotedItem(json)
}

function quotedItem(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}

function isNested({ type }: DataField): boolean {
  return type.kind === 'list' || type.kind === 'struct' || type.kind === 'map'
}

/** DuckDB has literals for lists, structs and maps, which read back what its casts from text do not. */
function duckdbNested(field: DataField, json: string, quoteValue: CopyDialect['quoteValue']): string {
  const { type } = field
  const inner = (innerField: DataField, text: string): string => {
    if (text === 'null') return 'NULL'
    return quoteValue(innerField, text.startsWith('"') ? (JSON.parse(text) as string) : text)
  }
  switch (type.kind) {
    case 'list':
      return `[${jsonMembers(json)
        .map(item => inner(type.item, item))
        .join(', ')}]`
    case 'struct': {
      const members = jsonMembers(json).map((member, index) => {
        const [key, value] = keyAndValue(member)
        return `'${key.replaceAll("'", "''")}': ${inner(type.fields[index]!, value)}`
      })
      return `{${members.join(', ')}}`
    }
    case 'map': {
      const entries = jsonMembers(json).map(member => {
        if (json.startsWith('{')) {
          const [key, value] = keyAndValue(member)
          return `${quoteValue(type.key, key)}: ${inner(type.value, value)}`
        }
        const [key = 'null', value = 'null'] = jsonMembers(member)
        return `${inner(type.key, key)}: ${inner(type.value, value)}`
      })
      return `MAP {${entries.join(', ')}}`
    }
    default:
      return quoteValue(field, json)
  }
}
