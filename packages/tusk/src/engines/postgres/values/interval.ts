/** The binary form of interval (microseconds int64, days int32, months int32) as the server writes it in its own style. */
export function intervalText(_bytes: Buffer, view: DataView, position: number): string {
  const microseconds = view.getBigInt64(position)
  const days = view.getInt32(position + 8)
  const months = view.getInt32(position + 12)
  if (months === 2147483647 && days === 2147483647 && microseconds === largest) return 'infinity'
  if (months === -2147483648 && days === -2147483648 && microseconds === smallest) return '-infinity'
  const parts: string[] = []
  // After a negative part the sign of a positive one is written out.
  let signed = false
  const add = (amount: number, unit: string) => {
    if (amount === 0) return
    parts.push(`${signed && amount > 0 ? '+' : ''}${amount} ${unit}${amount === 1 ? '' : 's'}`)
    signed = amount < 0
  }
  add(Math.trunc(months / 12), 'year')
  add(months % 12, 'mon')
  add(days, 'day')
  if (microseconds !== 0n || parts.length === 0) parts.push(timeText(microseconds, signed))
  return parts.join(' ')
}

const largest = 2n ** 63n - 1n
const smallest = -(2n ** 63n)

function timeText(microseconds: bigint, signed: boolean): string {
  const size = microseconds < 0n ? -microseconds : microseconds
  const seconds = size / 1_000_000n
  const two = (value: bigint) => String(value).padStart(2, '0')
  const fraction = String(size % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const sign = microseconds < 0n ? '-' : signed ? '+' : ''
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`
  return `${sign}${clock}${fraction === '' ? '' : `.${fraction}`}`
}
