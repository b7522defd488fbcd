import type { LexicalRules } from '../lexer.ts'
import { integerType, type ParameterStyle } from './bind-parameters.ts'
import { hasZone } from './parameter-text.ts'

export const postgresParameters = (rules: LexicalRules): ParameterStyle => ({
  rules,
  placeholder: number => `$${number}`,
  typeOf: (kind, text) => {
    if (kind === 'number') return integerType(text) ?? 'numeric'
    if (kind === 'timestamp') return hasZone(text) ? 'timestamptz' : 'timestamp'
    return kind === 'text' ? undefined : kind
  },
})

export const duckdbParameters = (rules: LexicalRules): ParameterStyle => ({
  rules,
  placeholder: number => `$${number}`,
  typeOf: (kind, text) => {
    if (kind === 'number') return integerType(text) ?? decimalType(text)
    if (kind === 'timestamp') return hasZone(text) ? 'timestamptz' : 'timestamp'
    return kind === 'text' ? undefined : kind
  },
})

/** It holds 38 digits exactly. */
function decimalType(text: string): string {
  const parts = /^[+-]?(\d*)\.?(\d*)$/.exec(text)
  if (parts === null) return 'double' // it has an exponent
  const [, whole = '', fraction = ''] = parts
  const digits = Math.max(1, whole.length) + fraction.length
  return digits > 38 ? 'double' : `decimal(${digits}, ${fraction.length})`
}

/** SQLite has no booleans and no dates: they are numbers and texts there. */
export const sqliteParameters = (rules: LexicalRules): ParameterStyle => ({
  rules,
  placeholder: number => `:p${number}`,
  typeOf: (kind, text) => {
    if (kind === 'number') return integerType(text) === undefined ? 'real' : 'integer'
    return kind === 'boolean' ? 'integer' : undefined
  },
  textOf: (kind, text) => (kind === 'boolean' ? (text === 'true' ? '1' : '0') : text),
})
