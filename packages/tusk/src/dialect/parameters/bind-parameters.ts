import type { BoundStatement, ParameterKind, Parameters, ParameterValues } from '../../engine/parameters.ts'
import { TuskError } from '../../errors.ts'
import type { LexicalRules } from '../lexer.ts'
import { rewrite } from '../rewrite.ts'
import { findParameters } from './find-parameters.ts'
import { parameterText } from './parameter-text.ts'

/** What differs between engines. */
export interface ParameterStyle {
  readonly rules: LexicalRules
  /** The placeholder of the parameter with this number, from 1; the same number again is the same parameter. */
  placeholder(number: number): string
  /** The type that a value of the kind is sent as; undefined: the database infers it from where it stands. */
  typeOf(kind: ParameterKind, text: string): string | undefined
  /** Absent: texts go as they are. */
  textOf?(kind: ParameterKind, text: string): string
}

export function namedParameters(style: ParameterStyle): Parameters {
  return {
    find: statement => findParameters(statement, style.rules),
    bind: (statement, values) => bind(statement, values, style),
  }
}

function bind(statement: string, values: ParameterValues, style: ParameterStyle): BoundStatement {
  const uses = findParameters(statement, style.rules)
  const placeholders = new Map<string, string>()
  const parameters: (string | null)[] = []
  for (const { name, from } of uses) {
    if (placeholders.has(name)) continue
    const given = Object.hasOwn(values, name) ? values[name] : undefined
    if (given === undefined)
      throw new TuskError('BAD_REQUEST', `The parameter “${name}” has no value.`, {
        position: from,
        hint: 'Give it one; NULL is one too.',
      })
    const text = parameterText(name, given)
    const placeholder = style.placeholder(placeholders.size + 1)
    const type = text === null ? undefined : style.typeOf(given.kind, text)
    placeholders.set(name, type === undefined ? placeholder : `CAST(${placeholder} AS ${type})`)
    parameters.push(text === null ? null : (style.textOf?.(given.kind, text) ?? text))
  }
  // A placeholder must not grow together with what stands around it: `WHERE:n`, `{{n}}AND`.
  const { sql, positionOf } = rewrite(statement, uses, ({ name, from, to }) => {
    const text = placeholders.get(name)!
    const before = /[\p{L}\p{N}_$]/u.test(statement.charAt(from - 1)) ? ' ' : ''
    return `${before}${text}${/[\p{L}\p{N}_$]/u.test(statement.charAt(to)) ? ' ' : ''}`
  })
  return { sql, parameters, positionOf }
}

const int32 = 2n ** 31n
const int64 = 2n ** 63n

/** The narrowest type that holds the number exactly: functions that take an integer take no wider one. */
export function integerType(text: string): 'integer' | 'bigint' | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  const value = BigInt(text.replace('+', ''))
  if (-int32 <= value && value < int32) return 'integer'
  return -int64 <= value && value < int64 ? 'bigint' : undefined
}
