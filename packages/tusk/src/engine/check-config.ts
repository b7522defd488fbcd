import { TuskError } from '../errors.ts'
import type { ConnectionConfig, ConnectionField, Engine } from './engine.ts'

/**
 * Values as they come from a form, a file or a URL → values of the field's kinds, defaults filled in. CONNECTION_CONFIG, naming
 * the field, for a missing required value, an unknown key, a wrong type or choice.
 */
export function checkConfig(engine: Engine, values: Readonly<Record<string, unknown>>): ConnectionConfig {
  const config: Record<string, string | number | boolean> = {}
  const known = new Map(engine.fields.map(field => [field.key, field]))
  for (const key of Object.keys(values))
    if (!known.has(key))
      throw new TuskError('CONNECTION_CONFIG', `${engine.label} has no setting “${key}”.`, {
        hint: `Settings: ${[...known.keys()].join(', ')}`,
      })
  for (const field of engine.fields) {
    const value = values[field.key]
    if (value === undefined || value === null || value === '') {
      if (field.default !== undefined) config[field.key] = field.default
      else if (field.required === true) throw new TuskError('CONNECTION_CONFIG', `${field.label} is missing.`)
      continue
    }
    config[field.key] = checkedValue(field, value)
  }
  return config
}

function checkedValue(field: ConnectionField, value: unknown): string | number | boolean {
  switch (field.kind) {
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      if (typeof number !== 'number' || !Number.isFinite(number)) throw wrong(field, 'must be a number')
      return number
    }
    case 'boolean':
      if (value === true || value === 'true') return true
      if (value === false || value === 'false') return false
      throw wrong(field, 'must be true or false')
    case 'choice':
      if (typeof value !== 'string' || !(field.choices ?? []).includes(value))
        throw wrong(field, `must be one of: ${(field.choices ?? []).join(', ')}`)
      return value
    case 'text':
    case 'secret':
    case 'file':
      if (typeof value !== 'string') throw wrong(field, 'must be text')
      if (value.includes('\0')) throw wrong(field, 'must not contain a NUL character')
      return value
  }
}

function wrong(field: ConnectionField, what: string): TuskError {
  return new TuskError('CONNECTION_CONFIG', `${field.label} ${what}.`)
}
