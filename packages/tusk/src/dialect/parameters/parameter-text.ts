import type { ParameterValue } from '../../engine/parameters.ts'
import { TuskError } from '../../errors.ts'

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?$/i
const date = /^(\d{4,6})-(\d\d)-(\d\d)$/
const timestamp = /^(\d{4,6}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i

/** The value in the one form that every database reads; null is NULL. BAD_REQUEST, naming the parameter, for what is not of its kind. */
export function parameterText(name: string, { kind, value }: ParameterValue): string | null {
  if (value === null) return null
  const given = kind === 'text' ? value : value.trim()
  const wrong = (what: string): TuskError => new TuskError('BAD_REQUEST', `The value of “${name}” is not ${what}.`)
  switch (kind) {
    case 'text':
      if (given.includes('\0')) throw wrong('a text that a database takes: it holds a NUL character')
      return given
    case 'number':
      if (!number.test(given)) throw wrong('a number')
      return given
    case 'boolean':
      if (given !== 'true' && given !== 'false') throw wrong('true or false')
      return given
    case 'date':
      if (!isDay(given)) throw wrong('a date like 2026-05-31')
      return given
    case 'timestamp': {
      const [, day = '', hour = '', minute = '', second = '00', fraction = '', zone = ''] = timestamp.exec(given) ?? []
      if (!isDay(day) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
        throw wrong('a time like 2026-05-31 18:30:00')
      return `${day} ${hour}:${minute}:${second}${fraction}${zone.toUpperCase() === 'Z' ? '+00' : zone}`
    }
  }
}

export function hasZone(text: string): boolean {
  return /[+-]\d\d(?::?\d\d)?$/.test(text.slice(10))
}

function isDay(text: string): boolean {
  const [, year, month, day] = date.exec(text) ?? []
  if (month === undefined || day === undefined || Number(month) < 1 || Number(month) > 12 || Number(day) < 1)
    return false
  return Number(day) <= new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate()
}
