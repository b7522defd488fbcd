/** A whole number scaled down by 10^scale, with all digits of its scale: (-5, 2) is `-0.05`. */
export function decimalText(unscaled: bigint | number, scale: number): string {
  const text = String(unscaled)
  if (scale === 0) return text
  const sign = text.startsWith('-') ? '-' : ''
  const digits = text.slice(sign.length).padStart(scale + 1, '0')
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
