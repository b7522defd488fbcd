import type { ParameterKind, ParameterValue, ParameterValues } from '../engine/parameters.ts'
import { TuskError } from '../errors.ts'

const kinds: readonly string[] = ['text', 'number', 'boolean', 'date', 'timestamp'] satisfies readonly ParameterKind[]

/** `NAME=VALUE` and `NAME:KIND=VALUE` as values by name; undefined: none was given, and statements go as they are. USAGE. */
export function parameterValues(given: readonly string[]): ParameterValues | undefined {
  if (given.length === 0) return undefined
  return Object.fromEntries(given.map(one))
}

function one(text: string): readonly [string, ParameterValue] {
  const [, name, kind = 'text', value = ''] = /^([\p{L}\p{N}_]+)(?::([a-z]+))?=(.*)$/su.exec(text) ?? []
  if (name === undefined)
    throw new TuskError('USAGE', `“${text}” is no parameter.`, { hint: 'Write NAME=VALUE or NAME:number=VALUE.' })
  if (kind === 'null') return [name, { kind: 'text', value: null }]
  if (!kinds.includes(kind))
    throw new TuskError('USAGE', `There is no kind of value “${kind}”.`, { hint: `Kinds: ${kinds.join(', ')}, null.` })
  return [name, { kind: kind as ParameterKind, value }]
}
