import type { DataField, DataType } from '../../arrow/data-type.ts'

/** A value as node:sqlite gives it with big integers on. */
export type SqliteValue = null | bigint | number | string | Uint8Array

/** How a result column is held: SQLite types values, not columns. See `ResultColumn` for how it is decided. */
export type ColumnKind = 'integer' | 'real' | 'text' | 'json' | 'blob' | 'mixed'

/** The kind that a column of this declared type has as long as it holds only NULL. Expressions have no declared type. */
export function kindOfDeclaredType(declaredType: string | null): ColumnKind {
  const type = (declaredType ?? '').toUpperCase()
  if (type === 'JSON') return 'json'
  // SQLite's own rules of affinity, in its order (datatype3.html, 3.1).
  if (type.includes('INT')) return 'integer'
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text'
  if (type.includes('BLOB')) return 'blob'
  if (/REAL|FLOA|DOUB/.test(type)) return 'real'
  return 'integer'
}

const dataTypes: Readonly<Record<ColumnKind, DataType>> = {
  integer: { kind: 'int', bits: 64, signed: true },
  real: { kind: 'float', bits: 64 },
  text: { kind: 'utf8' },
  json: { kind: 'utf8' },
  blob: { kind: 'binary' },
  mixed: { kind: 'utf8' },
}

const sourceTypes: Readonly<Record<ColumnKind, string>> = {
  integer: 'INTEGER',
  real: 'REAL',
  text: 'TEXT',
  json: 'JSON',
  blob: 'BLOB',
  mixed: 'ANY',
}

/** `sourceType` is the declared type; without one, the storage class that was found. */
export function fieldOf(name: string, kind: ColumnKind, declaredType: string | null): DataField {
  return {
    name,
    type: dataTypes[kind],
    nullable: true,
    sourceType: declaredType === null || declaredType === '' ? sourceTypes[kind] : declaredType,
    ...(kind === 'json' || kind === 'mixed' ? { logical: kind } : {}),
  }
}
