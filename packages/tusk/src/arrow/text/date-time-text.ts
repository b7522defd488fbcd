import type { TimeUnit } from '../data-type.ts'

/** Days since 1970-01-01 as `2026-11-23`, `0044-03-15 BC`, `infinity`. Proleptic Gregorian calendar, as in every engine. */
export function dateText(days: number): string {
  if (days === infiniteDate) return 'infinity'
  if (days === -infiniteDate) return '-infinity'
  const { text, era } = calendarDay(days)
  return text + era
}

/** Microseconds or nanoseconds since midnight as `20:15:00.5`; 24:00:00 stays what it is. A plain number is taken when it is exact. */
export function timeText(time: bigint | number, unit: 'us' | 'ns'): string {
  if (time < 0) return `-${timeText(-time, unit)}`
  const { seconds, fraction } = splitSeconds(time, unit)
  return clockText(seconds, fraction, unit)
}

/**
 * Units since 1970-01-01 00:00 as `2026-11-23 20:15:00.123456`; an instant ends in `+00`, years BC in ` BC`. The fraction
 * has no trailing zeros. A plain number is taken when it is exact.
 */
export function timestampText(timestamp: bigint | number, unit: TimeUnit, instant: boolean): string {
  if (timestamp === infiniteTimestamp) return 'infinity'
  if (timestamp === -infiniteTimestamp) return '-infinity'
  const { seconds, fraction } = splitSeconds(timestamp, unit)
  const days = Math.floor(seconds / 86_400)
  const { text, era } = calendarDay(days)
  return `${text} ${clockText(seconds - days * 86_400, fraction, unit)}${instant ? '+00' : ''}${era}`
}

const infiniteDate = 2_147_483_647
const infiniteTimestamp = 2n ** 63n - 1n
const unitsPerSecond: Record<TimeUnit, number> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 }
const fractionDigits: Record<TimeUnit, number> = { s: 0, ms: 3, us: 6, ns: 9 }

/** Neighbouring rows often share a day. */
let lastDays = Number.NaN
let lastDay = { text: '', era: '' }

function calendarDay(days: number): { readonly text: string; readonly era: string } {
  if (days === lastDays) return lastDay
  // Eras of 400 years beginning on 1 March, after Howard Hinnant's civil_from_days.
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const shownYear = year > 0 ? year : 1 - year
  lastDays = days
  lastDay = {
    text: `${String(shownYear).padStart(4, '0')}-${twoDigits[month]}-${twoDigits[day]}`,
    era: year > 0 ? '' : ' BC',
  }
  return lastDay
}

/** Whole seconds, rounded down, and the units beyond them. */
function splitSeconds(value: bigint | number, unit: TimeUnit): { readonly seconds: number; readonly fraction: number } {
  const perSecond = unitsPerSecond[unit]
  if (typeof value === 'number') {
    const seconds = Math.floor(value / perSecond)
    return { seconds, fraction: value - seconds * perSecond }
  }
  const fraction = ((value % BigInt(perSecond)) + BigInt(perSecond)) % BigInt(perSecond)
  return { seconds: Number((value - fraction) / BigInt(perSecond)), fraction: Number(fraction) }
}

function clockText(seconds: number, fraction: number, unit: TimeUnit): string {
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  const clock = `${twoDigits[hours] ?? hours}:${twoDigits[minutes]}:${twoDigits[seconds % 60]}`
  if (fraction === 0) return clock
  let digits = String(fraction).padStart(fractionDigits[unit], '0')
  while (digits.endsWith('0')) digits = digits.slice(0, -1)
  return `${clock}.${digits}`
}

const twoDigits = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'))
