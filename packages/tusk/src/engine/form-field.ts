import { TuskError } from '../errors.ts'

/** One field of a form: draws it, checks what comes from it, marks secrets. Values are text, numbers and booleans. */
export interface FormField {
  readonly key: string
  readonly label: string
  readonly kind: 'text' | 'number' | 'boolean' | 'secret' | 'file' | 'choice'
  readonly required?: boolean
  readonly default?: string | number | boolean
  readonly choices?: readonly string[]
  readonly placeholder?: string
  readonly help?: string
  /** Shown under "Advanced". */
  readonly advanced?: boolean
}

/** Values of fields by key. Absent: no value and no default. */
export type FormValues = Readonly<Record<string, string | number | boolean>>

/**
 * Values as they come from a form, a file or a URL → values of the fields' kinds, defaults filled in. CONNECTION_CONFIG or what
 * `code` says, naming the field, for a missing required value, an unknown key, a wrong type or choice. `label` names whose fields they are.
 */
export function checkFields(
  label: string,
  fields: readonly FormField[],
  values: Readonly<Record<string, unknown>>,
  code: 'CONNECTION_CONFIG' | 'CONFIG_INVALID' | 'BAD_REQUEST' = 'CONNECTION_CONFIG',
): FormValues {
  const checked: Record<string, string | number | boolean> = {}
  const known = new Map(fields.map(field => [field.key, field]))
  for (const key of Object.keys(values))
    if (!known.has(key))
      throw new TuskError(code, `${label} has no setting “${key}”.`, {
        hint: `Settings: ${[...known.keys()].join(', ')}`,
      })
  for (const field of fields) {
    const value = values[field.key]
    if (value === undefined || value === null || value === '') {
      if (field.default !== undefined) checked[field.key] = field.default
      else if (field.required === true) throw new TuskError(code, `${field.label} is missing.`)
      continue
    }
    checked[field.key] = checkedValue(field, value, code)
  }
  return checked
}

function checkedValue(
  field: FormField,
  value: unknown,
  code: 'CONNECTION_CONFIG' | 'CONFIG_INVALID' | 'BAD_REQUEST',
): string | number | boolean {
  const wrong = (what: string): TuskError => new TuskError(code, `${field.label} ${what}.`)
  switch (field.kind) {
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      if (typeof number !== 'number' || !Number.isFinite(number)) throw wrong('must be a number')
      return number
    }
    case 'boolean':
      if (value === true || value === 'true') return true
      if (value === false || value === 'false') return false
      throw wrong('must be true or false')
    case 'choice':
      if (typeof value !== 'string' || !(field.choices ?? []).includes(value))
        throw wrong(`must be one of: ${(field.choices ?? []).join(', ')}`)
      return value
    case 'text':
    case 'secret':
    case 'file':
      if (typeof value !== 'string') throw wrong('must be text')
      if (value.includes('\0')) throw wrong('must not contain a NUL character')
      return value
  }
}
