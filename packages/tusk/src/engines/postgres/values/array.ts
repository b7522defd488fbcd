import { createBuilder } from '../../../arrow/builders.ts'
import { columnsOf } from '../../../arrow/column-data.ts'
import type { ColumnReader } from '../../../arrow/column-reader.ts'
import type { DataField } from '../../../arrow/data-type.ts'
import { createReader } from '../../../arrow/read-columns.ts'
import { type ArrayHeader, appendValue, type Decoding, readArrayHeader, type ToText } from '../decoding.ts'
import { valueOutOfRange } from '../value-out-of-range.ts'

/**
 * Any array as text: JSON, as a list column reads too, with the server's own prefix for the bounds where they do not start
 * at 1: `[[1,2],[3,null]]`, `[0:1]=[5,6]`.
 */
export function arrayToText(item: DataField, decoding: Decoding): ToText {
  return (bytes, view, position) => {
    const header = readArrayHeader(view, position)
    if (header.dimensions.length === 0) return '[]'
    const items = readItems(item, decoding, header, bytes, view)
    const bounds = header.dimensions.map(({ lowerBound, length }) => `[${lowerBound}:${lowerBound + length - 1}]`)
    const prefix = header.dimensions.some(({ lowerBound }) => lowerBound !== 1) ? `${bounds.join('')}=` : ''
    return (
      prefix +
      nested(
        items,
        header.dimensions.map(({ length }) => length),
      )
    )
  }
}

function readItems(
  item: DataField,
  decoding: Decoding,
  header: ArrayHeader,
  bytes: Buffer,
  view: DataView,
): readonly string[] {
  const count = header.dimensions.reduce((product, { length }) => product * length, 1)
  const builder = createBuilder(item, count)
  let at = header.firstItem
  for (let left = count; left > 0; left--) {
    const length = view.getInt32(at)
    at += 4
    if (length < 0) builder.appendNull()
    else {
      if (!appendValue(decoding, builder, bytes, view, at, length)) throw valueOutOfRange(item)
      at += length
    }
  }
  const [column] = columnsOf({ schema: { fields: [item] }, rowCount: count, ...builder.finish() })
  const reader: ColumnReader = createReader(item, column!)
  return Array.from({ length: count }, (_, index) => reader.json(index))
}

function nested(items: readonly string[], [length, ...inner]: readonly number[]): string {
  if (inner.length === 0) return `[${items.join(',')}]`
  const size = items.length / length!
  const parts = Array.from({ length: length! }, (_, index) =>
    nested(items.slice(index * size, (index + 1) * size), inner),
  )
  return `[${parts.join(',')}]`
}
