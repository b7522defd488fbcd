import type { ColumnBuilder } from './builder.ts'
import { BooleanBuilder } from './builders/boolean-builder.ts'
import { FixedWidthBuilder } from './builders/fixed-width-builder.ts'
import { ListBuilder } from './builders/list-builder.ts'
import { MapBuilder } from './builders/map-builder.ts'
import { StructBuilder } from './builders/struct-builder.ts'
import { VariableWidthBuilder } from './builders/variable-width-builder.ts'
import type { DataField } from './data-type.ts'

export { BooleanBuilder, FixedWidthBuilder, ListBuilder, MapBuilder, StructBuilder, VariableWidthBuilder }

/**
 * The builder for a field, with room for `capacity` rows from the start: its memory is allocated at once, so wide results
 * take a smaller one. `append` grows past it; a hot path that writes the arrays itself calls `ensureCapacity` first.
 */
export function createBuilder(field: DataField, capacity: number): ColumnBuilder {
  const type = field.type
  switch (type.kind) {
    case 'bool':
      return new BooleanBuilder(field, capacity)
    case 'utf8':
    case 'binary':
      return new VariableWidthBuilder(field, capacity)
    case 'list':
      return new ListBuilder(field, capacity, createBuilder(type.item, childCapacity))
    case 'struct':
      return new StructBuilder(
        field,
        capacity,
        type.fields.map(child => createBuilder(child, childCapacity)),
      )
    case 'map':
      return new MapBuilder(
        field,
        capacity,
        createBuilder(type.key, childCapacity),
        createBuilder(type.value, childCapacity),
      )
    default:
      return new FixedWidthBuilder(field, capacity)
  }
}

const childCapacity = 64
