/** Values of DuckDB types that Arrow has no type for, as the exact text that DuckDB itself writes. */

export function hugeintText(low: bigint, high: bigint): string {
  return ((BigInt.asIntN(64, high) << 64n) | low).toString()
}

export function unsignedHugeintText(low: bigint, high: bigint): string {
  return ((high << 64n) | low).toString()
}

/** `1 year 2 months -3 days 04:05:06.789`, as DuckDB writes it; the zero interval is `00:00:00`. */
export function intervalText(months: number, days: number, micros: bigint): string {
  const parts: string[] = []
  const add = (count: number, unit: string) => {
    if (count !== 0) parts.push(`${count} ${unit}${count === 1 || count === -1 ? '' : 's'}`)
  }
  add(Math.trunc(months / 12), 'year')
  add(months % 12, 'month')
  add(days, 'day')
  if (micros !== 0n || parts.length === 0) {
    parts.push(micros < 0n ? `-${clockText(-micros)}` : clockText(micros))
  }
  return parts.join(' ')
}

/** `04:05:06.789+02`: 40 bits of microseconds, then 24 bits of an offset in seconds, inverted and shifted by 57,599. */
export function timeWithZoneText(bits: bigint): string {
  const offset = 57_599 - Number(bits & 0xff_ffffn)
  const absolute = Math.abs(offset)
  const minutes = Math.trunc(absolute / 60) % 60
  const seconds = absolute % 60
  let zone = `${offset < 0 ? '-' : '+'}${twoDigits(Math.trunc(absolute / 3600))}`
  if (minutes !== 0 || seconds !== 0) zone += `:${twoDigits(minutes)}`
  if (seconds !== 0) zone += `:${twoDigits(seconds)}`
  return clockText(bits >> 24n) + zone
}

/** DuckDB keeps UUIDs as signed 128-bit integers that sort like the text: with the top bit flipped. */
export function uuidText(low: bigint, high: bigint): string {
  const hex =
    BigInt.asUintN(64, high ^ 0x8000_0000_0000_0000n)
      .toString(16)
      .padStart(16, '0') + low.toString(16).padStart(16, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** `0101`: the first byte says how many of the highest bits of the second are padding. */
export function bitText(bytes: Uint8Array): string {
  let text = ''
  for (let at = 1; at < bytes.length; at++) text += bytes[at]!.toString(2).padStart(8, '0')
  return text.slice(bytes[0] ?? 0)
}

/** Three bytes of header, the first bit set for positive numbers; then the magnitude, big endian, inverted for negative ones. */
export function bignumText(bytes: Uint8Array): string {
  const negative = (bytes[0]! & 0x80) === 0
  let hex = '0x'
  for (let at = 3; at < bytes.length; at++) {
    hex += (negative ? ~bytes[at]! & 0xff : bytes[at]!).toString(16).padStart(2, '0')
  }
  const magnitude = BigInt(hex)
  return (negative ? -magnitude : magnitude).toString()
}

function clockText(micros: bigint): string {
  const seconds = micros / 1_000_000n
  const fraction = Number(micros % 1_000_000n)
  const hours = seconds / 3600n
  const minutes = Number((seconds / 60n) % 60n)
  const clock = `${hours.toString().padStart(2, '0')}:${twoDigits(minutes)}:${twoDigits(Number(seconds % 60n))}`
  return fraction === 0 ? clock : `${clock}.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`
}

function twoDigits(value: number): string {
  return value.toString().padStart(2, '0')
}
