import { type ColumnData, columnsOf } from './column-data.ts'
import type { ColumnReader } from './column-reader.ts'
import type { DataField } from './data-type.ts'
import { BinaryReader } from './readers/binary-reader.ts'
import { BooleanReader } from './readers/boolean-reader.ts'
import { DateReader } from './readers/date-reader.ts'
import { DecimalReader } from './readers/decimal-reader.ts'
import { FloatReader } from './readers/float-reader.ts'
import { IntegerReader } from './readers/integer-reader.ts'
import { ListReader } from './readers/list-reader.ts'
import { MapReader } from './readers/map-reader.ts'
import { StructReader } from './readers/struct-reader.ts'
import { TimeReader } from './readers/time-reader.ts'
import { TimestampReader } from './readers/timestamp-reader.ts'
import { Utf8Reader } from './readers/utf8-reader.ts'
import { WideIntegerReader } from './readers/wide-integer-reader.ts'
import type { RecordBatch } from './record-batch.ts'

/**
 * A reader for each column. Rows are read on demand; nothing is copied. Runs in the browser too. RESULT_DAMAGED when the
 * buffers are shorter than the rows need.
 */
export function readColumns(batch: RecordBatch): readonly ColumnReader[] {
  const columns = columnsOf(batch)
  return batch.schema.fields.map((field, index) => createReader(field, columns[index]!))
}

export function createReader(field: DataField, data: ColumnData): ColumnReader {
  const type = field.type
  switch (type.kind) {
    case 'bool':
      return new BooleanReader(field, data)
    case 'int':
      return type.bits === 64
        ? new WideIntegerReader(field, data, type.signed)
        : new IntegerReader(field, data, type.bits, type.signed)
    case 'float':
      return new FloatReader(field, data, type.bits)
    case 'decimal':
      return new DecimalReader(field, data, type.scale)
    case 'date':
      return new DateReader(field, data)
    case 'time':
      return new TimeReader(field, data, type.unit)
    case 'timestamp':
      return new TimestampReader(field, data, type.unit, type.timezone !== null)
    case 'utf8':
      return new Utf8Reader(field, data)
    case 'binary':
      return new BinaryReader(field, data)
    case 'list':
      return new ListReader(field, data, createReader(type.item, data.children[0]!))
    case 'struct':
      return new StructReader(
        field,
        data,
        type.fields.map((child, index) => createReader(child, data.children[index]!)),
      )
    case 'map': {
      const [keys, values] = data.children[0]!.children
      return new MapReader(field, data, createReader(type.key, keys!), createReader(type.value, values!))
    }
  }
}
