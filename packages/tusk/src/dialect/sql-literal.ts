import type { DataField } from '../arrow/data-type.ts'
import { TuskError } from '../errors.ts'
import { jsonMembers, keyAndValue } from './json-members.ts'

export type SqlFlavour = 'postgres' | 'duckdb' | 'sqlite'

/**
 * A value as the literal that the database reads back exactly into a column of the same type. `text` is the exact text of a value
 * that is not NULL (of a nested one its JSON); `quote` makes the database's literal of any text.
 */
export function sqlLiteral(
  flavour: SqlFlavour,
  field: DataField,
  text: string,
  quote: (text: string) => string,
): string {
  const { type, logical } = field
  switch (type.kind) {
    case 'bool':
      return /^(?:true|false)$/i.test(text) ? text.toUpperCase() : quote(text)
    case 'int':
      // SQLite reads integers beyond int64 as floats.
      return (flavour === 'sqlite' && type.bits === 64 && !type.signed) || !plainNumber.test(text) ? quote(text) : text
    case 'float':
      return isFloat.test(text) ? floatLiteral(flavour, text) : quote(text)
    case 'decimal': {
      // SQLite would read it as a float and lose digits, DuckDB does so from 39 digits on, the zero before the point included.
      const loses = flavour === 'sqlite' || (flavour === 'duckdb' && type.precision > 37)
      return loses || !plainNumber.test(text) ? quote(text) : text
    }
    case 'date':
    case 'timestamp':
      return quote(flavour === 'duckdb' ? duckdbEra(text) : text)
    case 'utf8':
      if (flavour !== 'postgres') return quote(text)
      if (logical === 'decimal' && plainNumber.test(text)) return text
      return quote(postgresInput(field, text))
    case 'binary':
      return isHex.test(text) ? binaryLiteral(flavour, text.slice(2)) : quote(text)
    case 'list':
      if (flavour === 'postgres') return quote(postgresInput(field, text))
      return flavour === 'duckdb' ? duckdbNested(field, text, quote) : quote(text)
    case 'struct':
    case 'map':
      return flavour === 'duckdb' ? duckdbNested(field, text, quote) : quote(text)
    default:
      return quote(text)
  }
}

// What a person wrote and is none of these goes as text, which the database judges: nothing of it can become SQL.
const isFloat = /^(?:NaN|-?Infinity|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i
const isHex = /^\\x(?:[0-9a-f]{2})*$/i
const plainNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i

function floatLiteral(flavour: SqlFlavour, text: string): string {
  if (text === 'NaN') return flavour === 'postgres' ? `'NaN'` : flavour === 'duckdb' ? `'NaN'::DOUBLE` : 'NULL'
  if (text.endsWith('Infinity')) {
    if (flavour === 'sqlite') return text.startsWith('-') ? '-9e999' : '9e999'
    return flavour === 'postgres' ? `'${text}'` : `'${text}'::DOUBLE`
  }
  // Without an exponent DuckDB reads a decimal and SQLite perhaps an integer. PostgreSQL loses the sign of -0 otherwise.
  if (flavour === 'postgres') return text === '-0' ? `'-0'` : text
  return text.includes('e') ? text : `${text}e0`
}

function binaryLiteral(flavour: SqlFlavour, hex: string): string {
  if (flavour === 'postgres') return `'\\x${hex}'`
  return flavour === 'duckdb' ? `unhex('${hex}')` : `X'${hex}'`
}

/**
 * A value that is not NULL as PostgreSQL reads it from text into a column of its type, as in COPY: what stands between the quotes of a literal.
 * `text` is its exact text, of a nested one its JSON.
 */
export function postgresInput(field: DataField, text: string): string {
  const { type, sourceType = '' } = field
  if (type.kind === 'list') return postgresArray(text, type.item)
  return type.kind === 'utf8' && sourceType.endsWith('[]') ? postgresArrayWithBounds(text) : text
}

/** Years before Christ: DuckDB reads `(BC)` behind the day and overlooks `BC` at the end. */
function duckdbEra(text: string): string {
  return text.replace(/^([\d-]+)(.*) BC$/, '$1 (BC)$2')
}

/** An array of several dimensions or with the server's bounds (`[0:1]=[5,6]`); what already is in braces stays. */
function postgresArrayWithBounds(text: string): string {
  const [, bounds = '', items] = /^((?:\[-?\d+:-?\d+\])+=)?(\[.*)$/s.exec(text) ?? []
  return items === undefined ? text : bounds + postgresArray(items, undefined)
}

/** `{1,NULL,"a \"b\""}`. */
function postgresArray(json: string, item: DataField | undefined): string {
  const isWhole = item?.logical === 'json' || item?.type.kind === 'struct' || item?.type.kind === 'map'
  const items = jsonMembers(json).map(member => {
    if (member === 'null') return 'NULL'
    if (isWhole || member.startsWith('{')) return quotedItem(member)
    if (member.startsWith('[')) return postgresArray(member, item?.type.kind === 'list' ? item.type.item : undefined)
    return member.startsWith('"') ? quotedItem(JSON.parse(member) as string) : member
  })
  return `{${items.join(',')}}`
}

function quotedItem(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}

/** DuckDB has literals for lists, structs and maps, which read back what its casts from text do not. */
function duckdbNested(field: DataField, json: string, quote: (text: string) => string): string {
  const { type } = field
  const inner = (innerField: DataField, member: string): string => {
    if (member === 'null') return 'NULL'
    const isText = member.startsWith('"') && innerField.logical !== 'json'
    return sqlLiteral('duckdb', innerField, isText ? (JSON.parse(member) as string) : member, quote)
  }
  const members = jsonMembers(json)
  switch (type.kind) {
    case 'list':
      return `[${members.map(member => inner(type.item, member)).join(', ')}]`
    case 'struct': {
      const fields = members.map((member, index) => {
        const [key, value] = keyAndValue(member)
        return `${quote(key)}: ${inner(fieldAt(type.fields, index), value)}`
      })
      return `{${fields.join(', ')}}`
    }
    case 'map': {
      const entries = members.map(member => {
        if (json.startsWith('{')) {
          const [key, value] = keyAndValue(member)
          return `${sqlLiteral('duckdb', type.key, key, quote)}: ${inner(type.value, value)}`
        }
        const [key = 'null', value = 'null'] = jsonMembers(member)
        return `${inner(type.key, key)}: ${inner(type.value, value)}`
      })
      return `MAP {${entries.join(', ')}}`
    }
    default:
      return sqlLiteral('duckdb', field, json, quote)
  }
}

function fieldAt(fields: readonly DataField[], index: number): DataField {
  const field = fields[index]
  if (field === undefined) throw new TuskError('BAD_REQUEST', 'The value has more members than its type.')
  return field
}
