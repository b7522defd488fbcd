import type { DataField, DataType } from '../../arrow/data-type.ts'

/** The exact text of a mounted column as SQL, as `ColumnReader.text` gives it (floats beyond 1e16 and nested values come close). */
export function textOf(field: DataField, column: string): string {
  const { type } = field
  switch (type.kind) {
    case 'utf8':
      return column
    case 'float':
      return `CASE WHEN isnan(${column}) THEN 'NaN' WHEN isinf(${column}) THEN CASE WHEN ${column} > 0 THEN 'Infinity' ELSE '-Infinity' END ELSE regexp_replace(${column}::VARCHAR, '\\.0$', '') END`
    case 'binary':
      return `'\\x' || lower(hex(${column}))`
    case 'date':
    case 'timestamp':
      return `regexp_replace(${column}::VARCHAR, '^(.*) \\(BC\\)(.*)$', '\\1\\2 BC')`
    case 'list':
    case 'struct':
    case 'map':
      return `to_json(${column})::VARCHAR`
    default:
      return `${column}::VARCHAR`
  }
}

/** The SQL type that a mounted column has. */
export function sqlTypeOf(type: DataType): string {
  switch (type.kind) {
    case 'bool':
      return 'BOOLEAN'
    case 'int':
      return `${type.signed ? '' : 'U'}${{ 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bits]}`
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE'
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    case 'date':
      return 'DATE'
    case 'time':
      return type.unit === 'us' ? 'TIME' : 'TIME_NS'
    case 'timestamp':
      if (type.timezone !== null && type.unit === 'us') return 'TIMESTAMPTZ'
      return { s: 'TIMESTAMP_S', ms: 'TIMESTAMP_MS', us: 'TIMESTAMP', ns: 'TIMESTAMP_NS' }[type.unit]
    case 'binary':
      return 'BLOB'
    default:
      return 'VARCHAR'
  }
}
