import type { DataField, DataType } from './data-type.ts'

/** Bytes of one value in the values buffer; undefined for bool (bits), utf8, binary and nested types. */
export function byteWidth(type: DataType): number | undefined {
  switch (type.kind) {
    case 'int':
    case 'float':
      return type.bits / 8
    case 'decimal':
      return 16
    case 'date':
      return 4
    case 'time':
    case 'timestamp':
      return 8
    default:
      return undefined
  }
}

/** Columns below this one in IPC order. A map has one child, the struct of its entries. */
export function childFields(type: DataType): readonly DataField[] {
  switch (type.kind) {
    case 'list':
      return [type.item]
    case 'struct':
      return type.fields
    case 'map':
      return [mapEntries(type)]
    default:
      return []
  }
}

/** Field nodes that a column takes in a record batch, its own included. */
export function nodeCount(type: DataType): number {
  return childFields(type).reduce((sum, child) => sum + nodeCount(child.type), 1)
}

/** Buffers that a column takes in a record batch, those of its children included. */
export function bufferCount(type: DataType): number {
  return childFields(type).reduce((sum, child) => sum + bufferCount(child.type), ownBufferCount(type))
}

/** Whether the column has int32 offsets: utf8, binary, list, map. */
export function hasOffsets(type: DataType): boolean {
  return type.kind === 'utf8' || type.kind === 'binary' || type.kind === 'list' || type.kind === 'map'
}

/** A type in short, as messages name it: `int64`, `decimal(10,2)`, `list<utf8>`. */
export function typeName(type: DataType): string {
  switch (type.kind) {
    case 'int':
      return `${type.signed ? 'int' : 'uint'}${type.bits}`
    case 'float':
      return `float${type.bits}`
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'time':
      return `time(${type.unit})`
    case 'timestamp':
      return `timestamp(${type.unit}${type.timezone === null ? '' : `, ${type.timezone}`})`
    case 'list':
      return `list<${typeName(type.item.type)}>`
    case 'struct':
      return `struct<${type.fields.map(field => `${field.name}: ${typeName(field.type)}`).join(', ')}>`
    case 'map':
      return `map<${typeName(type.key.type)}, ${typeName(type.value.type)}>`
    default:
      return type.kind
  }
}

/** Whether two types are laid out alike, so that the buffers of one can be read as the other; names do not matter. */
export function sameLayout(one: DataType, other: DataType): boolean {
  if (one.kind !== other.kind) return false
  if (one.kind === 'struct' && other.kind === 'struct' && one.fields.length !== other.fields.length) return false
  const children = childFields(one)
  if (children.length !== 0) {
    return childFields(other).every((child, index) => sameLayout(children[index]!.type, child.type))
  }
  return typeName(one) === typeName(other)
}

function mapEntries(type: DataType & { readonly kind: 'map' }): DataField {
  return { name: 'entries', type: { kind: 'struct', fields: [type.key, type.value] }, nullable: false }
}

function ownBufferCount(type: DataType): number {
  if (type.kind === 'struct') return 1
  return type.kind === 'utf8' || type.kind === 'binary' ? 3 : 2
}
