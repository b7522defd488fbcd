import type { DataField, DataType, LogicalType } from '../../arrow/data-type.ts'
import type { ColumnPlan, Decoding } from './decoding.ts'
import type { ColumnDescription } from './protocol-messages.ts'
import { arrayToText } from './values/array.ts'
import { intervalText } from './values/interval.ts'
import { numericText } from './values/numeric.ts'
import { timeWithZoneText } from './values/time-with-zone.ts'
import { uuidText } from './values/uuid.ts'

/** What the catalog says of a type that is not built in. */
export interface TypeFacts {
  /** As a person writes it: `mood`, `geometry(Point,4326)`, `app.address[]`. */
  readonly name: string
  /** Set for an enum, in its order. */
  readonly labels?: readonly string[]
  /** Set for the geometry and geography of PostGIS, whose binary form is EWKB. */
  readonly geometry?: boolean
  /** Set for an array: the type of its items, and its facts when that is not built in. */
  readonly itemOid?: number
  readonly itemFacts?: TypeFacts
  /** Set for a domain, which only arrays still show. */
  readonly baseOid?: number
}

/** How a column of the answer is asked for and read. Types without a decoder here come as the server's own text. */
export function planColumn(column: ColumnDescription, facts: TypeFacts | undefined): ColumnPlan {
  const shape = shapeOf(column.typeOid, column.typeModifier, facts)
  const sourceType = facts?.name ?? builtinName(column.typeOid, column.typeModifier) ?? `oid ${column.typeOid}`
  return planShape(column.name, sourceType, shape)
}

/** Whether the catalog must be asked before a column of this type can be planned. */
export function isBuiltin(typeOid: number): boolean {
  return builtins.has(typeOid) || arrayItems.has(typeOid)
}

/** A type as Arrow holds it, and how to get there from the binary form; without `decoding`, from the text form. */
interface Shape {
  readonly type: DataType
  readonly logical?: LogicalType
  readonly labels?: readonly string[]
  readonly metadata?: Readonly<Record<string, string>>
  /** From the binary form. Absent: the type has none that is known here. */
  readonly decoding?: Decoding
  /** The text form is the same and cheaper: used unless the type stands inside an array. */
  readonly textOutside?: boolean
  readonly item?: DataField
  readonly widened?: Shape
}

function planShape(name: string, sourceType: string, shape: Shape): ColumnPlan {
  const field = fieldOf(name, sourceType, shape)
  if (shape.decoding === undefined || shape.textOutside) {
    return { field, format: 'text', decoding: { kind: 'bytes', skip: 0 } }
  }
  const plan: ColumnPlan = { field, format: 'binary', decoding: shape.decoding }
  return shape.widened === undefined ? plan : { ...plan, widened: planShape(name, sourceType, shape.widened) }
}

function fieldOf(name: string, sourceType: string, shape: Shape): DataField {
  return {
    name,
    type: shape.type,
    nullable: true,
    sourceType,
    ...(shape.logical === undefined ? {} : { logical: shape.logical }),
    ...(shape.labels === undefined ? {} : { labels: shape.labels }),
    ...(shape.metadata === undefined ? {} : { metadata: shape.metadata }),
  }
}

const utf8: DataType = { kind: 'utf8' }
const verbatim: Decoding = { kind: 'bytes', skip: 0 }
const serverText: Shape = { type: utf8 }

function shapeOf(oid: number, modifier: number, facts: TypeFacts | undefined): Shape {
  if (facts?.baseOid !== undefined) return shapeOf(facts.baseOid, modifier, facts.itemFacts)
  if (facts?.labels !== undefined) {
    return { type: utf8, logical: 'enum', labels: facts.labels, decoding: verbatim, textOutside: true }
  }
  if (facts?.geometry) return geometry(facts.name)
  const itemOid = facts?.itemOid ?? arrayItems.get(oid)
  if (itemOid !== undefined) return listOf(itemOid, modifier, facts?.itemFacts)
  if (oid === numericOid) return numeric(modifier)
  return builtins.get(oid)?.shape ?? serverText
}

function geometry(name: string): Shape {
  const srid = /,(\d+)\)$/.exec(name)?.[1]
  return {
    type: { kind: 'binary' },
    logical: 'wkb',
    decoding: verbatim,
    ...(srid === undefined ? {} : { metadata: { srid } }),
  }
}

/** Items whose binary form is not known make the whole array text. */
function listOf(itemOid: number, modifier: number, itemFacts: TypeFacts | undefined): Shape {
  const shape = shapeOf(itemOid, modifier, itemFacts)
  if (shape.decoding === undefined) return serverText
  const itemName = itemFacts?.name ?? builtinName(itemOid, modifier) ?? ''
  const item = fieldOf('item', itemName, shape)
  const widest = shape.widened ?? shape
  const widestItem = fieldOf('item', itemName, widest)
  return {
    type: { kind: 'list', item },
    decoding: { kind: 'list', item: shape.decoding },
    widened: {
      type: utf8,
      decoding: { kind: 'text', toText: arrayToText(widestItem, widest.decoding ?? shape.decoding) },
    },
  }
}

const numericOid = 1700
const anyNumeric: Shape = { type: utf8, logical: 'decimal', decoding: { kind: 'text', toText: numericText } }

function numeric(modifier: number): Shape {
  const { precision, scale } = numericModifier(modifier)
  // A negative scale rounds to tens, one beyond the precision means leading zeros: neither is an Arrow decimal.
  if (modifier < 4 || precision > 38 || scale < 0 || scale > precision) return { ...anyNumeric, textOutside: true }
  return { type: { kind: 'decimal', precision, scale }, decoding: { kind: 'decimal', scale }, widened: anyNumeric }
}

function numericModifier(modifier: number): { readonly precision: number; readonly scale: number } {
  const packed = modifier - 4
  // The scale is a signed number of 11 bits.
  return { precision: packed >> 16, scale: ((packed & 0x7ff) ^ 1024) - 1024 }
}

interface Builtin {
  readonly name: string
  readonly shape: Shape
}

const text: Shape = { type: utf8, decoding: verbatim, textOutside: true }
const signed = (bits: 16 | 32 | 64): Shape => ({
  type: { kind: 'int', bits, signed: true },
  decoding: { kind: `int${bits}` },
})
const unsigned32: Shape = { type: { kind: 'int', bits: 32, signed: false }, decoding: { kind: 'int32' } }
const instant: DataType = { kind: 'timestamp', unit: 'us', timezone: 'UTC' }

/** By oid, which is fixed for the types that the server is born with. `serverText` where only the text form is understood. */
const builtins: ReadonlyMap<number, Builtin> = new Map<number, Builtin>([
  [16, { name: 'bool', shape: { type: { kind: 'bool' }, decoding: { kind: 'bool' } } }],
  [17, { name: 'bytea', shape: { type: { kind: 'binary' }, decoding: verbatim } }],
  [18, { name: '"char"', shape: serverText }],
  [19, { name: 'name', shape: text }],
  [20, { name: 'int8', shape: signed(64) }],
  [21, { name: 'int2', shape: signed(16) }],
  [22, { name: 'int2vector', shape: serverText }],
  [23, { name: 'int4', shape: signed(32) }],
  [24, { name: 'regproc', shape: serverText }],
  [25, { name: 'text', shape: text }],
  [26, { name: 'oid', shape: unsigned32 }],
  [27, { name: 'tid', shape: serverText }],
  [28, { name: 'xid', shape: unsigned32 }],
  [29, { name: 'cid', shape: unsigned32 }],
  [30, { name: 'oidvector', shape: serverText }],
  [114, { name: 'json', shape: { ...text, logical: 'json' } }],
  [142, { name: 'xml', shape: { ...text, logical: 'xml' } }],
  [600, { name: 'point', shape: serverText }],
  [601, { name: 'lseg', shape: serverText }],
  [602, { name: 'path', shape: serverText }],
  [603, { name: 'box', shape: serverText }],
  [604, { name: 'polygon', shape: serverText }],
  [628, { name: 'line', shape: serverText }],
  [650, { name: 'cidr', shape: serverText }],
  [700, { name: 'float4', shape: { type: { kind: 'float', bits: 32 }, decoding: { kind: 'float32' } } }],
  [701, { name: 'float8', shape: { type: { kind: 'float', bits: 64 }, decoding: { kind: 'float64' } } }],
  [705, { name: 'unknown', shape: text }],
  [718, { name: 'circle', shape: serverText }],
  [774, { name: 'macaddr8', shape: serverText }],
  [790, { name: 'money', shape: serverText }],
  [829, { name: 'macaddr', shape: serverText }],
  [869, { name: 'inet', shape: serverText }],
  [1033, { name: 'aclitem', shape: serverText }],
  [1042, { name: 'char', shape: text }],
  [1043, { name: 'varchar', shape: text }],
  [1082, { name: 'date', shape: { type: { kind: 'date' }, decoding: { kind: 'date' } } }],
  [1083, { name: 'time', shape: { type: { kind: 'time', unit: 'us' }, decoding: { kind: 'int64' } } }],
  [
    1114,
    {
      name: 'timestamp',
      shape: { type: { kind: 'timestamp', unit: 'us', timezone: null }, decoding: { kind: 'timestamp' } },
    },
  ],
  [1184, { name: 'timestamptz', shape: { type: instant, decoding: { kind: 'timestamp' } } }],
  [
    1186,
    { name: 'interval', shape: { type: utf8, logical: 'interval', decoding: { kind: 'text', toText: intervalText } } },
  ],
  [
    1266,
    {
      name: 'timetz',
      shape: {
        type: utf8,
        logical: 'timetz',
        decoding: { kind: 'text', toText: timeWithZoneText },
        textOutside: true,
      },
    },
  ],
  [1560, { name: 'bit', shape: { type: utf8, logical: 'bit' } }],
  [1562, { name: 'varbit', shape: { type: utf8, logical: 'bit' } }],
  [numericOid, { name: 'numeric', shape: anyNumeric }],
  [1790, { name: 'refcursor', shape: text }],
  [2202, { name: 'regprocedure', shape: serverText }],
  [2203, { name: 'regoper', shape: serverText }],
  [2204, { name: 'regoperator', shape: serverText }],
  [2205, { name: 'regclass', shape: serverText }],
  [2206, { name: 'regtype', shape: serverText }],
  [2249, { name: 'record', shape: serverText }],
  [2275, { name: 'cstring', shape: text }],
  [2278, { name: 'void', shape: serverText }],
  [
    2950,
    {
      name: 'uuid',
      shape: { type: utf8, logical: 'uuid', decoding: { kind: 'text', toText: uuidText }, textOutside: true },
    },
  ],
  [2970, { name: 'txid_snapshot', shape: serverText }],
  [3220, { name: 'pg_lsn', shape: serverText }],
  [3614, { name: 'tsvector', shape: serverText }],
  [3615, { name: 'tsquery', shape: serverText }],
  [3734, { name: 'regconfig', shape: serverText }],
  [3769, { name: 'regdictionary', shape: serverText }],
  [
    3802,
    { name: 'jsonb', shape: { type: utf8, logical: 'json', decoding: { kind: 'bytes', skip: 1 }, textOutside: true } },
  ],
  [3904, { name: 'int4range', shape: serverText }],
  [3906, { name: 'numrange', shape: serverText }],
  [3908, { name: 'tsrange', shape: serverText }],
  [3910, { name: 'tstzrange', shape: serverText }],
  [3912, { name: 'daterange', shape: serverText }],
  [3926, { name: 'int8range', shape: serverText }],
  [4072, { name: 'jsonpath', shape: serverText }],
  [4089, { name: 'regnamespace', shape: serverText }],
  [4096, { name: 'regrole', shape: serverText }],
  [5069, { name: 'xid8', shape: { type: { kind: 'int', bits: 64, signed: false }, decoding: { kind: 'int64' } } }],
])

/** Array types by oid → oid of the item. Others are found in the catalog. */
const arrayItems: ReadonlyMap<number, number> = new Map([
  [143, 142],
  [199, 114],
  [1000, 16],
  [1001, 17],
  [1002, 18],
  [1003, 19],
  [1005, 21],
  [1007, 23],
  [1009, 25],
  [1014, 1042],
  [1015, 1043],
  [1016, 20],
  [1021, 700],
  [1022, 701],
  [1028, 26],
  [1041, 869],
  [1115, 1114],
  [1182, 1082],
  [1183, 1083],
  [1185, 1184],
  [1187, 1186],
  [1231, 1700],
  [1270, 1266],
  [2951, 2950],
  [3807, 3802],
])

/** The server's short name with what the modifier says: `numeric(20,4)`, `varchar(12)`, `timestamp(3)`, `int4[]`. */
function builtinName(oid: number, modifier: number): string | undefined {
  const itemOid = arrayItems.get(oid)
  if (itemOid !== undefined) return `${builtinName(itemOid, modifier)}[]`
  const name = builtins.get(oid)?.name
  if (name === undefined || modifier < 0) return name
  switch (oid) {
    case numericOid: {
      const { precision, scale } = numericModifier(modifier)
      return `numeric(${precision},${scale})`
    }
    case 1042:
    case 1043:
      return `${name}(${modifier - 4})`
    case 1560:
    case 1562:
    case 1083:
    case 1114:
    case 1184:
    case 1266:
      return `${name}(${modifier})`
    default:
      return name
  }
}
