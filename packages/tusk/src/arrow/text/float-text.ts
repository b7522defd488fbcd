/** The shortest text that reads back as the same double: `0.1`, `1e+308`, `-0`, `NaN`, `Infinity`. */
export function float64Text(value: number): string {
  return value === 0 && Object.is(value, -0) ? '-0' : String(value)
}

/** The shortest text that reads back as the same float32: `0.1`, not `0.10000000149011612`. */
export function float32Text(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value))
    return Math.abs(value) < 2 ** 24 ? float64Text(value) : shorten(value, 6)
  // Below the normal range there are fewer than 6 significant digits.
  return shorten(value, Math.abs(value) < smallestNormal ? 1 : 6)
}

function shorten(value: number, fromDigits: number): string {
  for (let digits = fromDigits; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits))
    if (Math.fround(rounded) === value) return String(rounded)
  }
  return String(Number(value.toPrecision(9)))
}

const smallestNormal = 2 ** -126
