import type { DataField, DataType } from '../arrow/data-type.ts'
import { bufferCount, byteWidth, childFields, nodeCount } from '../arrow/layout.ts'
import type { Schema } from '../arrow/schema.ts'

/** Which field nodes and buffers of a record batch belong to a column, its children included. */
export interface ColumnPlace {
  readonly type: DataType
  /** Bytes of one value where it has a fixed width; 0 otherwise. */
  readonly width: number
  readonly node: number
  readonly nodeEnd: number
  /** The validity bitmap; the column's other buffers follow. */
  readonly buffer: number
  readonly bufferEnd: number
  readonly children: readonly ColumnPlace[]
}

/** The places of all columns of a schema, in order. */
export function placeColumns(schema: Schema): readonly ColumnPlace[] {
  return placeFields(schema.fields, 0, 0)
}

function placeFields(fields: readonly DataField[], firstNode: number, firstBuffer: number): ColumnPlace[] {
  let node = firstNode
  let buffer = firstBuffer
  return fields.map(field => {
    const place = placeType(field.type, node, buffer)
    node = place.nodeEnd
    buffer = place.bufferEnd
    return place
  })
}

function placeType(type: DataType, node: number, buffer: number): ColumnPlace {
  const nodeEnd = node + nodeCount(type)
  const bufferEnd = buffer + bufferCount(type)
  const below = childFields(type)
  const ownBuffers = bufferEnd - buffer - below.reduce((sum, child) => sum + bufferCount(child.type), 0)
  const children = placeFields(below, node + 1, buffer + ownBuffers)
  return { type, width: byteWidth(type) ?? 0, node, nodeEnd, buffer, bufferEnd, children }
}
