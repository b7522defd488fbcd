import type { TimeUnit } from '../../../../results/grouping.ts'

/** A width like 1, 2, 2.5 or 5 times a power of ten that cuts the span into at most `most` steps. */
export function stepWidth(low: number, high: number, most: number, whole: boolean): number {
  const least = (high / most - low / most) * (1 + 1e-9)
  if (!(least > 0) || !Number.isFinite(least)) return 1
  const power = 10 ** Math.floor(Math.log10(least))
  const width = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(candidate => candidate >= least) ?? 10 * power
  return whole ? Math.max(1, Math.ceil(width)) : width
}

const seconds: readonly (readonly [TimeUnit, number])[] = [
  ['minute', 60],
  ['hour', 3_600],
  ['day', 86_400],
  ['week', 604_800],
  ['month', 2_629_800],
  ['quarter', 7_889_400],
  ['year', 31_557_600],
]

/** The smallest unit that cuts the span (milliseconds) into at most `most` steps. */
export function unitFor(span: number, most: number, daysOnly: boolean): TimeUnit {
  const able = daysOnly ? seconds.slice(2) : seconds
  return able.find(([, length]) => span / 1_000 / length <= most)?.[0] ?? 'year'
}

/** A date or time as it is shown → milliseconds since 1970 in UTC; NaN: it has no place on an axis (infinity, years before Christ). */
export function moment(text: string): number {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0'] =
    /^(\d{4,6})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?(?:[+Z].*)?$/.exec(text) ?? []
  if (year === undefined || month === undefined || day === undefined) return Number.NaN
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second), Math.floor(Number(`0.${fraction}`) * 1_000))
  return date.getTime()
}

/** The start of the step after one that starts there. */
export function nextStep(at: number, unit: TimeUnit): number {
  const date = new Date(at)
  if (unit === 'month' || unit === 'quarter') date.setUTCMonth(date.getUTCMonth() + (unit === 'month' ? 1 : 3))
  else if (unit === 'year') date.setUTCFullYear(date.getUTCFullYear() + 1)
  else return at + { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 }[unit]
  return date.getTime()
}

/** How the start of a step is named: `2026-03`, `2026-03-01`, `2026-03-01 14:00`. */
export function stepName(at: number, unit: TimeUnit | undefined): string {
  const iso = new Date(at).toISOString()
  if (unit === 'year') return iso.slice(0, 4)
  if (unit === 'quarter') return `${iso.slice(0, 4)} Q${Math.floor(new Date(at).getUTCMonth() / 3) + 1}`
  if (unit === 'month') return iso.slice(0, 7)
  if (unit === 'day' || unit === 'week') return iso.slice(0, 10)
  return iso.slice(0, unit === undefined ? 19 : 16).replace('T', ' ')
}
