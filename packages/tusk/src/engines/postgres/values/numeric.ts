/**
 * The binary form of numeric: count of base-10000 digits, weight of the first, sign, digits after the point (each int16),
 * then the digits.
 */
const notANumber = 0xc000
const infinite = 0xd000
const minusInfinite = 0xf000
const negative = 0x4000
const limb = 4294967296

/**
 * Writes the value as a 128-bit integer scaled by 10^scale into four little-endian words from `at` on. False when it is NaN
 * or infinite. The type bounds it to 38 digits and its fraction to `scale`.
 */
export function writeDecimal(view: DataView, position: number, out: Int32Array, at: number, scale: number): boolean {
  const count = view.getInt16(position)
  const weight = view.getInt16(position + 2)
  const sign = view.getUint16(position + 4)
  if (sign >= notANumber) return false
  let a0 = 0
  let a1 = 0
  let a2 = 0
  let a3 = 0
  // Whole groups of four digits up to the last one that lies in the scale altogether, then part of one more.
  const last = weight + (scale >> 2)
  for (let group = 0, digit = position + 8; group <= last; group++, digit += 2) {
    let x = a0 * 10000 + (group < count ? view.getInt16(digit) : 0)
    a0 = x % limb
    x = a1 * 10000 + (x - a0) / limb
    a1 = x % limb
    if (a2 !== 0 || a3 !== 0 || x >= limb) {
      x = a2 * 10000 + (x - a1) / limb
      a2 = x % limb
      a3 = a3 * 10000 + (x - a2) / limb
    }
  }
  const rest = scale & 3
  if (rest !== 0) {
    const factor = rest === 1 ? 10 : rest === 2 ? 100 : 1000
    const group = last + 1
    const digit = group >= 0 && group < count ? view.getInt16(position + 8 + 2 * group) : 0
    let x = a0 * factor + Math.floor(digit / (10000 / factor))
    a0 = x % limb
    x = a1 * factor + (x - a0) / limb
    a1 = x % limb
    x = a2 * factor + (x - a1) / limb
    a2 = x % limb
    a3 = a3 * factor + (x - a2) / limb
  }
  if (sign === negative) {
    // Two's complement: invert each word and add one to the lowest.
    let carry = 1
    a0 = limb - 1 - a0 + carry
    carry = a0 === limb ? 1 : 0
    a1 = limb - 1 - a1 + carry
    carry = carry === 1 && a1 === limb ? 1 : 0
    a2 = limb - 1 - a2 + carry
    carry = carry === 1 && a2 === limb ? 1 : 0
    a3 = limb - 1 - a3 + carry
  }
  // Storing takes each modulo 2^32.
  out[at] = a0
  out[at + 1] = a1
  out[at + 2] = a2
  out[at + 3] = a3
  return true
}

/** The value as the server writes it, every digit of its scale. */
export function numericText(_bytes: Buffer, view: DataView, position: number): string {
  const count = view.getInt16(position)
  const weight = view.getInt16(position + 2)
  const sign = view.getUint16(position + 4)
  const scale = view.getInt16(position + 6)
  if (sign === notANumber) return 'NaN'
  if (sign === infinite) return 'Infinity'
  if (sign === minusInfinite) return '-Infinity'
  const group = (index: number) =>
    index >= 0 && index < count ? String(view.getInt16(position + 8 + 2 * index)).padStart(4, '0') : '0000'
  let whole = ''
  for (let index = 0; index <= weight; index++) whole += group(index)
  let fraction = ''
  for (let index = weight + 1; fraction.length < scale; index++) fraction += group(index)
  const digits = whole.replace(/^0+(?=.)/, '') || '0'
  return `${sign === negative ? '-' : ''}${digits}${scale > 0 ? `.${fraction.slice(0, scale)}` : ''}`
}
