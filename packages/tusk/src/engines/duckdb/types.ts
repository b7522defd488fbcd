import type { LogicalType, Type } from '@duckdb/node-bindings'
import type { DataField, DataType, LogicalType as LogicalMeaning } from '../../arrow/data-type.ts'
import type { Bindings } from './bindings.ts'

/**
 * How a DuckDB column is read: which field of ours it becomes, and how its vectors are laid out.
 * - `fixed`: values of `width` bytes that Arrow lays out alike. · `bool`: one byte a value.
 * - `decimal`: an integer of `width` bytes, widened to 16. · `bytes`: `string_t` of text or binary.
 * - `enum`: an index of `width` bytes. · `text`: `width` bytes a value that `render` turns into text.
 * - `bytesText`: `string_t` whose bytes become text (bit, bignum). · `list`, `array`, `struct`, `map`, `union`: by children.
 * - `variant`, `nothing`: see vector-reader.ts.
 */
export interface ColumnShape {
  readonly field: DataField
  readonly layout:
    | 'fixed'
    | 'bool'
    | 'decimal'
    | 'bytes'
    | 'enum'
    | 'text'
    | 'bytesText'
    | 'list'
    | 'array'
    | 'struct'
    | 'map'
    | 'union'
    | 'variant'
    | 'nothing'
  readonly typeId: Type
  /** Bytes of one value in the vector; 0 for layouts without values of their own. */
  readonly width: number
  readonly children: readonly ColumnShape[]
  /** Items of each value of a fixed-size array. */
  readonly arraySize: number
}

/** The shape of a column named `name`. Every type DuckDB has is known; a future one is read as UNSUPPORTED text. */
export function shapeOf(duckdb: Bindings, name: string, logicalType: LogicalType): ColumnShape {
  const T = duckdb.Type
  const typeId = duckdb.get_type_id(logicalType)
  const alias = duckdb.logical_type_get_alias(logicalType) ?? undefined
  const sourceType = alias ?? typeText(duckdb, logicalType)

  const make = (
    layout: ColumnShape['layout'],
    width: number,
    type: DataType,
    more: {
      logical?: LogicalMeaning
      labels?: readonly string[]
      children?: readonly ColumnShape[]
      size?: number
    } = {},
  ): ColumnShape => ({
    field: {
      name,
      type,
      nullable: true,
      sourceType,
      ...(more.logical === undefined ? {} : { logical: more.logical }),
      ...(more.labels === undefined ? {} : { labels: more.labels }),
    },
    layout,
    typeId,
    width,
    children: more.children ?? [],
    arraySize: more.size ?? 0,
  })
  const int = (bits: 8 | 16 | 32 | 64, signed: boolean) => make('fixed', bits / 8, { kind: 'int', bits, signed })
  const timestamp = (unit: 's' | 'ms' | 'us' | 'ns', timezone: 'UTC' | null) =>
    make('fixed', 8, { kind: 'timestamp', unit, timezone })
  const text = (width: number, logical?: LogicalMeaning) =>
    make('text', width, { kind: 'utf8' }, logical === undefined ? {} : { logical })

  switch (typeId) {
    case T.BOOLEAN:
      return make('bool', 1, { kind: 'bool' })
    case T.TINYINT:
      return int(8, true)
    case T.SMALLINT:
      return int(16, true)
    case T.INTEGER:
      return int(32, true)
    case T.BIGINT:
      return int(64, true)
    case T.UTINYINT:
      return int(8, false)
    case T.USMALLINT:
      return int(16, false)
    case T.UINTEGER:
      return int(32, false)
    case T.UBIGINT:
      return int(64, false)
    case T.FLOAT:
      return make('fixed', 4, { kind: 'float', bits: 32 })
    case T.DOUBLE:
      return make('fixed', 8, { kind: 'float', bits: 64 })
    case T.DATE:
      return make('fixed', 4, { kind: 'date' })
    case T.TIME:
      return make('fixed', 8, { kind: 'time', unit: 'us' })
    case T.TIME_NS:
      return make('fixed', 8, { kind: 'time', unit: 'ns' })
    case T.TIMESTAMP:
      return timestamp('us', null)
    case T.TIMESTAMP_S:
      return timestamp('s', null)
    case T.TIMESTAMP_MS:
      return timestamp('ms', null)
    case T.TIMESTAMP_NS:
      return timestamp('ns', null)
    case T.TIMESTAMP_TZ:
      return timestamp('us', 'UTC')
    case T.DECIMAL: {
      const precision = duckdb.decimal_width(logicalType)
      const width = precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16
      return make('decimal', width, { kind: 'decimal', precision, scale: duckdb.decimal_scale(logicalType) })
    }
    case T.HUGEINT:
    case T.UHUGEINT:
      return text(16, 'decimal')
    case T.INTERVAL:
      return text(16, 'interval')
    case T.UUID:
      return text(16, 'uuid')
    case T.TIME_TZ:
      return text(8, 'timetz')
    case T.BIGNUM:
      return make('bytesText', 16, { kind: 'utf8' }, { logical: 'decimal' })
    case T.BIT:
      return make('bytesText', 16, { kind: 'utf8' }, { logical: 'bit' })
    case T.VARCHAR:
      return make('bytes', 16, { kind: 'utf8' }, alias === 'JSON' ? { logical: 'json' } : {})
    case T.BLOB:
      return make('bytes', 16, { kind: 'binary' })
    case T.GEOMETRY:
      return make('bytes', 16, { kind: 'binary' }, { logical: 'wkb' })
    case T.ENUM: {
      const labels = enumLabels(duckdb, logicalType)
      const index = duckdb.enum_internal_type(logicalType)
      const width = index === T.UTINYINT ? 1 : index === T.USMALLINT ? 2 : 4
      return make('enum', width, { kind: 'utf8' }, { logical: 'enum', labels })
    }
    case T.LIST: {
      const item = shapeOf(duckdb, 'item', duckdb.list_type_child_type(logicalType))
      return make('list', 16, { kind: 'list', item: item.field }, { children: [item] })
    }
    case T.ARRAY: {
      const item = shapeOf(duckdb, 'item', duckdb.array_type_child_type(logicalType))
      const size = duckdb.array_type_array_size(logicalType)
      return make('array', 0, { kind: 'list', item: item.field }, { children: [item], size })
    }
    case T.STRUCT: {
      const children = Array.from({ length: duckdb.struct_type_child_count(logicalType) }, (_, index) =>
        shapeOf(
          duckdb,
          duckdb.struct_type_child_name(logicalType, index),
          duckdb.struct_type_child_type(logicalType, index),
        ),
      )
      return make('struct', 0, { kind: 'struct', fields: children.map(child => child.field) }, { children })
    }
    case T.MAP: {
      const key = shapeOf(duckdb, 'key', duckdb.map_type_key_type(logicalType))
      const value = shapeOf(duckdb, 'value', duckdb.map_type_value_type(logicalType))
      const keyField = { ...key.field, nullable: false }
      return make('map', 16, { kind: 'map', key: keyField, value: value.field }, { children: [key, value] })
    }
    case T.UNION: {
      const children = Array.from({ length: duckdb.union_type_member_count(logicalType) }, (_, index) =>
        shapeOf(
          duckdb,
          duckdb.union_type_member_name(logicalType, index),
          duckdb.union_type_member_type(logicalType, index),
        ),
      )
      return make('union', 1, { kind: 'utf8' }, { children })
    }
    case T.VARIANT:
      return make('variant', 0, { kind: 'utf8' }, { logical: 'json' })
    default:
      return make('nothing', 0, { kind: 'utf8' })
  }
}

/** The type as DuckDB writes it: `DECIMAL(18,4)`, `INTEGER[]`, `STRUCT(a INTEGER)`. Labels of an enum are left out. */
export function typeText(duckdb: Bindings, logicalType: LogicalType): string {
  const T = duckdb.Type
  const alias = duckdb.logical_type_get_alias(logicalType)
  if (alias !== null && alias !== undefined && alias !== '') return alias
  const typeId = duckdb.get_type_id(logicalType)
  switch (typeId) {
    case T.DECIMAL:
      return `DECIMAL(${duckdb.decimal_width(logicalType)},${duckdb.decimal_scale(logicalType)})`
    case T.LIST:
      return `${typeText(duckdb, duckdb.list_type_child_type(logicalType))}[]`
    case T.ARRAY:
      return `${typeText(duckdb, duckdb.array_type_child_type(logicalType))}[${duckdb.array_type_array_size(logicalType)}]`
    case T.MAP:
      return `MAP(${typeText(duckdb, duckdb.map_type_key_type(logicalType))}, ${typeText(duckdb, duckdb.map_type_value_type(logicalType))})`
    case T.STRUCT:
      return `STRUCT(${members(duckdb.struct_type_child_count(logicalType), index => [
        duckdb.struct_type_child_name(logicalType, index),
        typeText(duckdb, duckdb.struct_type_child_type(logicalType, index)),
      ])})`
    case T.UNION:
      return `UNION(${members(duckdb.union_type_member_count(logicalType), index => [
        duckdb.union_type_member_name(logicalType, index),
        typeText(duckdb, duckdb.union_type_member_type(logicalType, index)),
      ])})`
    case T.TIME_TZ:
      return 'TIME WITH TIME ZONE'
    case T.TIMESTAMP_TZ:
      return 'TIMESTAMP WITH TIME ZONE'
    case T.SQLNULL:
      return 'NULL'
    default:
      return T[typeId] ?? 'UNKNOWN'
  }
}

function members(count: number, at: (index: number) => readonly [name: string, type: string]): string {
  return Array.from({ length: count }, (_, index) => {
    const [name, type] = at(index)
    return `${/^[a-z_][a-z0-9_]*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`} ${type}`
  }).join(', ')
}

function enumLabels(duckdb: Bindings, logicalType: LogicalType): readonly string[] {
  return Array.from({ length: duckdb.enum_dictionary_size(logicalType) }, (_, index) =>
    duckdb.enum_dictionary_value(logicalType, index),
  )
}
