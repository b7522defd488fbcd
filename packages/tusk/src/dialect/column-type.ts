import type { DataField } from '../arrow/data-type.ts'
import type { SqlFlavour } from './sql-literal.ts'

/**
 * A type of a new column that keeps every value of `field` exactly, or as its exact text where the database has nothing that does. The
 * field's own type where it comes from the same kind of database and that type is known there without anybody having made it.
 */
export function columnType(flavour: SqlFlavour, field: DataField, from?: SqlFlavour): string {
  const own = field.sourceType ?? ''
  if (from === flavour && ownTypes[flavour].test(own)) return own
  return proposals[flavour](field)
}

/** Types that stand in every database of the kind, with their lengths. */
const ownTypes: Readonly<Record<SqlFlavour, RegExp>> = {
  postgres:
    /^(?:bool(?:ean)?|int[248]|smallint|integer|bigint|float[48]|real|double precision|numeric(?:\(\d+,-?\d+\))?|money|text|name|(?:character varying|varchar)(?:\(\d+\))?|(?:character|char|bpchar)\(\d+\)|bytea|date|time(?:stamp)?(?:\(\d\))?(?: with(?:out)? time zone)?|timestamptz|timetz|interval|uuid|jsonb?|xml|inet|cidr|macaddr8?|point|line|lseg|box|path|polygon|circle|tsvector|tsquery|bit(?: varying)?(?:\(\d+\))?|varbit|int[48]range|numrange|tsrange|tstzrange|daterange)(?:\[\])?$/i,
  duckdb:
    /^(?:BOOLEAN|U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|VARCHAR|BLOB|BIT|DATE|TIME(?:_NS)?|TIMESTAMP(?:_S|_MS|_NS)?|TIME(?:STAMP)? WITH TIME ZONE|INTERVAL|UUID|JSON|BIGNUM|VARINT)(?:\[\d*\])*$/,
  sqlite:
    /^(?:INTEGER|INT|BIGINT|REAL|DOUBLE|FLOAT|TEXT|BLOB|NUMERIC|JSON|ANY|BOOLEAN|DATE|DATETIME|VARCHAR\(\d+\)|DECIMAL\(\d+,\s*\d+\))$/i,
}

const proposals: Readonly<Record<SqlFlavour, (field: DataField) => string>> = {
  postgres: postgresType,
  duckdb: duckdbType,
  sqlite: sqliteType,
}

function postgresType(field: DataField): string {
  const { type, logical } = field
  switch (type.kind) {
    case 'bool':
      return 'boolean'
    case 'int': {
      // PostgreSQL has no unsigned numbers: the next larger type holds them.
      const bits = type.signed ? type.bits : type.bits * 2
      return bits <= 16 ? 'smallint' : bits === 32 ? 'integer' : bits === 64 ? 'bigint' : 'numeric(20,0)'
    }
    case 'float':
      return type.bits === 32 ? 'real' : 'double precision'
    case 'decimal':
      return `numeric(${type.precision},${type.scale})`
    case 'date':
      return 'date'
    case 'time':
      return type.unit === 'ns' ? 'text' : 'time'
    case 'timestamp':
      if (type.unit === 'ns') return 'text' // It would be rounded to microseconds.
      return type.timezone === null ? 'timestamp' : 'timestamptz'
    case 'binary':
      return 'bytea'
    case 'list': {
      // Its arrays are rectangular, and lists of lists need not be.
      const isNested = ['list', 'struct', 'map'].includes(type.item.type.kind) || type.item.logical === 'json'
      return isNested ? 'json' : `${postgresType(type.item)}[]`
    }
    case 'struct':
    case 'map':
      return 'json'
    case 'utf8':
      return postgresText[logical ?? ''] ?? 'text'
  }
}

const postgresText: Readonly<Record<string, string>> = {
  decimal: 'numeric',
  interval: 'interval',
  timetz: 'timetz',
  json: 'json',
  uuid: 'uuid',
  xml: 'xml',
  bit: 'varbit',
}

function duckdbType({ type, logical }: DataField): string {
  switch (type.kind) {
    case 'bool':
      return 'BOOLEAN'
    case 'int': {
      const name = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bits]
      return type.signed ? name : `U${name}`
    }
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE'
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    case 'date':
      return 'DATE'
    case 'time':
      return type.unit === 'ns' ? 'TIME_NS' : 'TIME'
    case 'timestamp':
      if (type.timezone !== null) return 'TIMESTAMP WITH TIME ZONE'
      return { s: 'TIMESTAMP_S', ms: 'TIMESTAMP_MS', us: 'TIMESTAMP', ns: 'TIMESTAMP_NS' }[type.unit]
    case 'binary':
      return 'BLOB'
    case 'list':
      return `${duckdbType(type.item)}[]`
    case 'struct':
      return `STRUCT(${type.fields.map(field => `"${field.name.replaceAll('"', '""')}" ${duckdbType(field)}`).join(', ')})`
    case 'map':
      return `MAP(${duckdbType(type.key)}, ${duckdbType(type.value)})`
    case 'utf8':
      return logical === 'json' ? 'JSON' : logical === 'uuid' ? 'UUID' : 'VARCHAR'
  }
}

/** Digits that a double keeps: SQLite reads longer numbers as floats unless the column is TEXT. */
const doubleDigits = 15

function sqliteType({ type, logical }: DataField): string {
  switch (type.kind) {
    case 'bool':
      return 'INTEGER'
    case 'int':
      return type.bits === 64 && !type.signed ? 'TEXT' : 'INTEGER'
    case 'float':
      return 'REAL'
    case 'decimal':
      return type.precision <= doubleDigits ? 'NUMERIC' : 'TEXT'
    case 'binary':
      return 'BLOB'
    case 'utf8':
      return logical === 'json' ? 'JSON' : 'TEXT'
    default:
      return 'TEXT'
  }
}
