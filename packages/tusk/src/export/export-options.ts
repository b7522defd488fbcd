import { TuskError } from '../errors.ts'
import type { Exporter, ExportOption } from './exporter.ts'

/**
 * Checks what a person or a URL gave against an exporter's options: `true`, `1` and `false`, `0` as text are booleans.
 * BAD_REQUEST names the option that is unknown or not valid. Absent ones are left absent.
 */
export function checkExportOptions(
  exporter: Exporter,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string | boolean>> {
  const checked: Record<string, string | boolean> = {}
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue
    const option = exporter.options.find(candidate => candidate.key === key)
    if (option === undefined) {
      throw new TuskError('BAD_REQUEST', `${exporter.label} has no option "${key}".`, { hint: knownOptions(exporter) })
    }
    checked[key] = checkValue(exporter, option, value)
  }
  return checked
}

/** The value given for an option, or its default. */
export function optionValue(
  options: readonly ExportOption[],
  given: Readonly<Record<string, unknown>>,
  key: string,
): string | boolean {
  const value = given[key]
  if (typeof value === 'string' || typeof value === 'boolean') return value
  return options.find(option => option.key === key)!.default
}

function checkValue(exporter: Exporter, option: ExportOption, value: unknown): string | boolean {
  if (option.kind === 'boolean') {
    if (typeof value === 'boolean') return value
    if (value === 'true' || value === '1') return true
    if (value === 'false' || value === '0') return false
    throw notValid(exporter, option, 'It is true or false.')
  }
  if (typeof value !== 'string') throw notValid(exporter, option, 'It is text.')
  if (option.kind === 'choice' && !option.choices?.includes(value)) {
    throw notValid(exporter, option, `It is one of ${option.choices?.join(', ')}.`)
  }
  return value
}

function notValid(exporter: Exporter, option: ExportOption, detail: string): TuskError {
  return new TuskError('BAD_REQUEST', `The option "${option.key}" of ${exporter.label} is not valid.`, { detail })
}

function knownOptions(exporter: Exporter): string {
  if (exporter.options.length === 0) return 'It has no options.'
  return `It has ${exporter.options.map(option => option.key).join(', ')}.`
}
