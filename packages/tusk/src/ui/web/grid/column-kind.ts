import type { DataField, DataType } from '../../../wire.ts'

/** What a column is to a person: decides icon, alignment, filter operators and the viewer. */
export type ColumnKind =
  | 'number'
  | 'text'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'interval'
  | 'json'
  | 'binary'
  | 'uuid'
  | 'enum'
  | 'list'
  | 'struct'
  | 'geometry'

export function columnKind(field: DataField): ColumnKind {
  return field.logical === undefined ? kinds[field.type.kind] : logicalKinds[field.logical]
}

const logicalKinds: Record<NonNullable<DataField['logical']>, ColumnKind> = {
  decimal: 'number',
  interval: 'interval',
  timetz: 'time',
  json: 'json',
  uuid: 'uuid',
  enum: 'enum',
  wkb: 'geometry',
  xml: 'text',
  bit: 'text',
  mixed: 'text',
}

const kinds: Record<DataType['kind'], ColumnKind> = {
  bool: 'boolean',
  int: 'number',
  float: 'number',
  decimal: 'number',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  utf8: 'text',
  binary: 'binary',
  list: 'list',
  struct: 'struct',
  map: 'struct',
}

/** The source's own name of the type, or ours. */
export function typeLabel(field: DataField): string {
  if (field.sourceType !== undefined && field.sourceType !== '') return field.sourceType
  const { type } = field
  switch (type.kind) {
    case 'int':
      return `${type.signed ? '' : 'u'}int${type.bits}`
    case 'float':
      return `float${type.bits}`
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'timestamp':
      return type.timezone === null ? 'timestamp' : 'timestamp UTC'
    case 'list':
      return `${typeLabel(type.item)}[]`
    case 'utf8':
      return field.logical ?? 'text'
    case 'binary':
      return field.logical === 'wkb' ? 'geometry' : 'binary'
    default:
      return type.kind
  }
}

/** JSON in one line: json columns, and lists and structs, whose text is JSON. */
export function isJsonText(kind: ColumnKind): boolean {
  return kind === 'json' || kind === 'list' || kind === 'struct'
}

/** Raw bytes, shown as `\x…`. */
export function isBytes(field: DataField): boolean {
  return field.type.kind === 'binary'
}
