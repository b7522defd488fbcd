/** An exact decimal number: `unscaled` / 10^`scale`. */
export interface Decimal {
  readonly unscaled: bigint
  readonly scale: number
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i
/** Numbers with more digits than this are left to the database. */
const maxDigits = 2_000

/** Null for what is no finite number, or one of unreasonable length. */
export function parseDecimal(text: string): Decimal | null {
  const match = pattern.exec(text)
  if (match === null) return null
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match
  if (whole === '' && fraction === '') return null
  const exponent = Number(exponentText)
  if (whole.length + fraction.length + Math.abs(exponent) > maxDigits) return null
  const digits = BigInt(whole + fraction)
  const unscaled = sign === '-' ? -digits : digits
  const scale = fraction.length - exponent
  return scale >= 0 ? { unscaled, scale } : { unscaled: unscaled * 10n ** BigInt(-scale), scale: 0 }
}

export function addDecimals(one: Decimal, other: Decimal): Decimal {
  const scale = Math.max(one.scale, other.scale)
  return { unscaled: unscaledAt(one, scale) + unscaledAt(other, scale), scale }
}

export function compareDecimals(one: Decimal, other: Decimal): number {
  const scale = Math.max(one.scale, other.scale)
  const difference = unscaledAt(one, scale) - unscaledAt(other, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** `number` / `divisor`, rounded half away from zero to at most `digits` more decimals than `number` has. */
export function divideDecimal(
  number: Decimal,
  divisor: number,
  digits = 6,
): { readonly quotient: Decimal; readonly isExact: boolean } {
  const numerator = number.unscaled * 10n ** BigInt(digits)
  const by = BigInt(divisor)
  const magnitude = numerator < 0n ? -numerator : numerator
  const whole = magnitude / by
  const rest = magnitude % by
  const rounded = rest * 2n >= by ? whole + 1n : whole
  const quotient = { unscaled: numerator < 0n ? -rounded : rounded, scale: number.scale + digits }
  return { quotient: trimDecimal(quotient, number.scale), isExact: rest === 0n }
}

/** Without trailing zeros beyond `minimumScale`. */
export function trimDecimal(number: Decimal, minimumScale = 0): Decimal {
  let { unscaled, scale } = number
  while (scale > minimumScale && unscaled % 10n === 0n) {
    unscaled /= 10n
    scale--
  }
  return { unscaled, scale }
}

/** Plain digits with thousands separated, as a person reads it. */
export function decimalText(number: Decimal): string {
  const isNegative = number.unscaled < 0n
  const digits = (isNegative ? -number.unscaled : number.unscaled).toString().padStart(number.scale + 1, '0')
  const whole = digits.slice(0, digits.length - number.scale)
  const fraction = digits.slice(digits.length - number.scale)
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${isNegative ? '-' : ''}${grouped}${fraction === '' ? '' : `.${fraction}`}`
}

function unscaledAt(number: Decimal, scale: number): bigint {
  return number.unscaled * 10n ** BigInt(scale - number.scale)
}
