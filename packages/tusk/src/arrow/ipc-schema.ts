import * as flechette from '@uwdata/flechette'
import { TuskError } from '../errors.ts'
import type { DataField, DataType, LogicalType, TimeUnit } from './data-type.ts'
import { readMessagePrefix } from './ipc-message.ts'
import type { Schema } from './schema.ts'

/** The schema as one IPC message, prefix included. What Arrow has no place for travels in the metadata of the fields. */
export function encodeSchemaMessage(schema: Schema): Uint8Array {
  const fields = schema.fields.map(toArrowField)
  const columns = fields.map(field => new flechette.Column([], field.type))
  const table = new flechette.Table({ version: 4, endianness: 0, fields, metadata: null }, columns)
  const stream = flechette.tableToIPC(table, { format: 'stream' })!
  return stream.subarray(0, stream.length - endOfStreamLength)
}

/**
 * Reads the schema message that `bytes` begin with; `byteLength` is where the next message starts. Streams of others are
 * read too as long as their types are ours: UNSUPPORTED names the column that is not. RESULT_DAMAGED for anything else.
 */
export function decodeSchemaMessage(bytes: Uint8Array): { readonly schema: Schema; readonly byteLength: number } {
  const prefix = readMessagePrefix(bytes)
  const byteLength = prefix === undefined ? 0 : prefix.byteLength + prefix.metadataLength
  if (prefix === undefined || bytes.byteLength < byteLength) throw damaged()
  try {
    const { fields } = flechette.tableFromIPC(bytes.subarray(0, byteLength)).schema
    return { schema: { fields: fields.map(fromArrowField) }, byteLength }
  } catch (error) {
    throw error instanceof TuskError ? error : damaged(error)
  }
}

const endOfStreamLength = 8
const extensionName = 'ARROW:extension:name'
const sourceTypeKey = 'tusk:sourceType'
const logicalKey = 'tusk:logical'
const labelsKey = 'tusk:labels'
const timezoneKey = 'tusk:timezone'

/** Arrow's registered names, given where our physical type is also theirs (so not `arrow.uuid`, which is 16 bytes). */
const extensions: Partial<Record<LogicalType, { readonly name: string; readonly kind: DataType['kind'] }>> = {
  json: { name: 'arrow.json', kind: 'utf8' },
  wkb: { name: 'geoarrow.wkb', kind: 'binary' },
}

const timeUnits: readonly TimeUnit[] = ['s', 'ms', 'us', 'ns']

function toArrowField(field: DataField): flechette.Field {
  const metadata = new Map<string, string>()
  if (field.sourceType !== undefined) metadata.set(sourceTypeKey, field.sourceType)
  if (field.logical !== undefined) {
    metadata.set(logicalKey, field.logical)
    const extension = extensions[field.logical]
    if (extension !== undefined && extension.kind === field.type.kind) metadata.set(extensionName, extension.name)
  }
  if (field.labels !== undefined) metadata.set(labelsKey, JSON.stringify(field.labels))
  for (const [key, value] of Object.entries(field.metadata ?? {})) metadata.set(key, value)
  return flechette.field(field.name, toArrowType(field.type), field.nullable, metadata.size === 0 ? null : metadata)
}

function toArrowType(type: DataType): flechette.DataType {
  switch (type.kind) {
    case 'bool':
      return flechette.bool()
    case 'int':
      return flechette.int(type.bits, type.signed)
    case 'float':
      return type.bits === 32 ? flechette.float32() : flechette.float64()
    case 'decimal':
      return flechette.decimal128(type.precision, type.scale)
    case 'date':
      return flechette.dateDay()
    case 'time':
      return type.unit === 'us' ? flechette.timeMicrosecond() : flechette.timeNanosecond()
    case 'timestamp':
      return flechette.timestamp(timeUnits.indexOf(type.unit) as 0 | 1 | 2 | 3, type.timezone)
    case 'utf8':
      return flechette.utf8()
    case 'binary':
      return flechette.binary()
    case 'list':
      return flechette.list(toArrowField(type.item))
    case 'struct':
      return flechette.struct(type.fields.map(toArrowField))
    case 'map':
      return flechette.map(toArrowField(type.key), toArrowField(type.value))
  }
}

function fromArrowField(field: flechette.Field): DataField {
  const type = fromArrowType(field)
  const metadata = new Map(field.metadata ?? [])
  const take = (key: string): string | undefined => {
    const value = metadata.get(key)
    metadata.delete(key)
    return value
  }
  const sourceType = take(sourceTypeKey)
  const labels = take(labelsKey)
  let logical = take(logicalKey) as LogicalType | undefined
  for (const [name, extension] of Object.entries(extensions)) {
    if (metadata.get(extensionName) !== extension.name || type.kind !== extension.kind) continue
    metadata.delete(extensionName)
    logical ??= name as LogicalType
  }
  const timezone = (field.type as { timezone?: string | null }).timezone
  if (typeof timezone === 'string' && timezone !== 'UTC') metadata.set(timezoneKey, timezone)
  return {
    name: field.name ?? '',
    type,
    nullable: field.nullable,
    ...(sourceType === undefined ? {} : { sourceType }),
    ...(logical === undefined ? {} : { logical }),
    ...(labels === undefined ? {} : { labels: JSON.parse(labels) as string[] }),
    ...(metadata.size === 0 ? {} : { metadata: Object.fromEntries(metadata) }),
  }
}

function fromArrowType(field: flechette.Field): DataType {
  const type = field.type
  switch (type.typeId) {
    case flechette.Type.Bool:
      return { kind: 'bool' }
    case flechette.Type.Int:
      return { kind: 'int', bits: type.bitWidth, signed: type.signed }
    case flechette.Type.Float:
      if (type.precision === flechette.Precision.HALF) break
      return { kind: 'float', bits: type.precision === flechette.Precision.SINGLE ? 32 : 64 }
    case flechette.Type.Decimal:
      if (type.bitWidth !== 128 || type.scale < 0) break
      return { kind: 'decimal', precision: type.precision, scale: type.scale }
    case flechette.Type.Date:
      if (type.unit !== flechette.DateUnit.DAY) break
      return { kind: 'date' }
    case flechette.Type.Time:
      if (type.bitWidth !== 64) break
      return { kind: 'time', unit: type.unit === flechette.TimeUnit.MICROSECOND ? 'us' : 'ns' }
    case flechette.Type.Timestamp:
      return { kind: 'timestamp', unit: timeUnits[type.unit]!, timezone: type.timezone ? 'UTC' : null }
    case flechette.Type.Utf8:
      return { kind: 'utf8' }
    case flechette.Type.Binary:
      return { kind: 'binary' }
    case flechette.Type.List:
      return { kind: 'list', item: fromArrowField(type.children[0]!) }
    case flechette.Type.Struct:
      return { kind: 'struct', fields: type.children.map(fromArrowField) }
    case flechette.Type.Map: {
      const [key, value] = (type.children[0]!.type as flechette.StructType).children
      return { kind: 'map', key: fromArrowField(key!), value: fromArrowField(value!) }
    }
    default:
  }
  throw new TuskError('UNSUPPORTED', `The Arrow type of column "${field.name}" is not supported.`)
}

function damaged(cause?: unknown): TuskError {
  return new TuskError('RESULT_DAMAGED', 'The rows are damaged.', { detail: 'Their schema cannot be read.', cause })
}
