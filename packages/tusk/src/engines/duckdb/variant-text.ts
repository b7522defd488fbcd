import type { ColumnValue } from '../../arrow/builder.ts'
import { dateText, timestampText, timeText } from '../../arrow/text/date-time-text.ts'
import { decimalText } from '../../arrow/text/decimal-text.ts'
import { float32Text, float64Text } from '../../arrow/text/float-text.ts'
import { hexText } from '../../arrow/text/hex-text.ts'
import { numberJson } from '../../arrow/text/json-text.ts'
import { TuskError } from '../../errors.ts'
import {
  bignumText,
  bitText,
  hugeintText,
  intervalText,
  timeWithZoneText,
  unsignedHugeintText,
  uuidText,
} from './value-text.ts'

/** A VARIANT as DuckDB stores it: names of members, links from nested values to their parts, kinds and places of values, bytes. */
export interface StoredVariant {
  readonly keys: readonly string[]
  /** Per link the position of the key (objects only) and of the value. */
  readonly links: readonly (readonly [key: number | null, value: number])[]
  /** Per value its kind and where its bytes begin. The first is the root. */
  readonly values: readonly (readonly [kind: number, offset: number])[]
  readonly data: Uint8Array
}

/** From the row of a struct column that has VARIANT's four parts. */
export function storedVariant(row: readonly ColumnValue[]): StoredVariant {
  const [keys, links, values, data] = row
  return {
    keys: (keys ?? []) as readonly string[],
    links: (links ?? []) as unknown as StoredVariant['links'],
    values: (values ?? []) as unknown as StoredVariant['values'],
    data: (data ?? new Uint8Array(0)) as Uint8Array,
  }
}

/** The variant as JSON: numbers exact, what JSON has no type for as strings of its text. */
export function variantJson(variant: StoredVariant): string {
  const { data } = variant
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return valueJson(variant, view, 0)
}

/** The kinds of values, by number, as text. */
const texts: Readonly<Record<number, (view: DataView, at: number) => string>> = {
  18: (view, at) => uuidText(view.getBigUint64(at, true), view.getBigUint64(at + 8, true)),
  19: (view, at) => dateText(view.getInt32(at, true)),
  20: (view, at) => timeText(view.getBigInt64(at, true), 'us'),
  21: (view, at) => timeText(view.getBigInt64(at, true), 'ns'),
  22: (view, at) => timestampText(view.getBigInt64(at, true), 's', false),
  23: (view, at) => timestampText(view.getBigInt64(at, true), 'ms', false),
  24: (view, at) => timestampText(view.getBigInt64(at, true), 'us', false),
  25: (view, at) => timestampText(view.getBigInt64(at, true), 'ns', false),
  26: (view, at) => timeWithZoneText(view.getBigUint64(at, true)),
  27: (view, at) => timestampText(view.getBigInt64(at, true), 'us', true),
  28: (view, at) => intervalText(view.getInt32(at, true), view.getInt32(at + 4, true), view.getBigInt64(at + 8, true)),
  16: (view, at) => textDecoder.decode(sized(view, at)),
  17: (view, at) => hexText(sized(view, at)),
  32: (view, at) => bitText(sized(view, at)),
  33: (view, at) => hexText(sized(view, at)),
}

/** The kinds of values, by number, that are JSON by themselves. */
const literals: Readonly<Record<number, (view: DataView, at: number) => string>> = {
  0: () => 'null',
  1: () => 'true',
  2: () => 'false',
  3: (view, at) => String(view.getInt8(at)),
  4: (view, at) => String(view.getInt16(at, true)),
  5: (view, at) => String(view.getInt32(at, true)),
  6: (view, at) => String(view.getBigInt64(at, true)),
  7: (view, at) => hugeintText(view.getBigUint64(at, true), view.getBigUint64(at + 8, true)),
  8: (view, at) => String(view.getUint8(at)),
  9: (view, at) => String(view.getUint16(at, true)),
  10: (view, at) => String(view.getUint32(at, true)),
  11: (view, at) => String(view.getBigUint64(at, true)),
  12: (view, at) => unsignedHugeintText(view.getBigUint64(at, true), view.getBigUint64(at + 8, true)),
  13: (view, at) => numberJson(float32Text(view.getFloat32(at, true))),
  14: (view, at) => numberJson(float64Text(view.getFloat64(at, true))),
  15: decimalJson,
  31: (view, at) => bignumText(sized(view, at)),
}

function valueJson(variant: StoredVariant, view: DataView, index: number): string {
  const [kind, at] = partAt(variant.values, index)
  const literal = literals[kind]
  if (literal !== undefined) return literal(view, at)
  const text = texts[kind]
  if (text !== undefined) return JSON.stringify(text(view, at))
  if (kind !== objectKind && kind !== arrayKind) throw damaged(`It has a value of the unknown kind ${kind}.`)

  const count = varint(view, at)
  const first = count.value === 0 ? 0 : varint(view, count.next).value
  const parts = Array.from({ length: count.value }, (_, part) => {
    const [key, value] = partAt(variant.links, first + part)
    const json = valueJson(variant, view, value)
    return kind === arrayKind ? json : `${JSON.stringify(partAt(variant.keys, key ?? -1))}:${json}`
  })
  return kind === arrayKind ? `[${parts.join(',')}]` : `{${parts.join(',')}}`
}

const objectKind = 29
const arrayKind = 30

function decimalJson(view: DataView, at: number): string {
  const width = varint(view, at)
  const scale = varint(view, width.next)
  const place = scale.next
  const unscaled =
    width.value <= 4
      ? BigInt(view.getInt16(place, true))
      : width.value <= 9
        ? BigInt(view.getInt32(place, true))
        : width.value <= 18
          ? view.getBigInt64(place, true)
          : (view.getBigInt64(place + 8, true) << 64n) | view.getBigUint64(place, true)
  return decimalText(unscaled, scale.value)
}

/** Bytes with their length before them. */
function sized(view: DataView, at: number): Uint8Array {
  const length = varint(view, at)
  return new Uint8Array(view.buffer, view.byteOffset + length.next, length.value)
}

function varint(view: DataView, at: number): { readonly value: number; readonly next: number } {
  let value = 0
  for (let next = at, factor = 1; factor <= 0x1000_0000; factor *= 128) {
    const byte = view.getUint8(next++)
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return { value, next }
  }
  throw damaged('It has a length that is too large.')
}

function partAt<Part>(parts: readonly Part[], index: number): Part {
  const part = parts[index]
  if (part === undefined) throw damaged('It refers to a part that is not there.')
  return part
}

function damaged(detail: string): TuskError {
  return new TuskError('QUERY_FAILED', 'A VARIANT value is damaged.', { detail })
}

const textDecoder = new TextDecoder()
