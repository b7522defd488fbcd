import { type LexicalRules, tokenize } from '../../../../dialect/lexer.ts'
import type { NameMark } from './name-marks.ts'

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Quotes, comments and brackets of a statement that are never closed, or closed by another one. */
export function openEnds(statement: string, rules: LexicalRules): readonly NameMark[] {
  const found: NameMark[] = []
  const open: { readonly sign: string; readonly from: number }[] = []
  for (const { kind, from, to, closed } of tokenize(statement, rules)) {
    if (!closed)
      found.push({
        from,
        to: Math.min(to, from + openingLength(statement, from)),
        message: unclosed(statement, from, kind),
      })
    if (kind !== 'symbol') continue
    const sign = statement.slice(from, to)
    if (sign in closing) open.push({ sign, from })
    else if (sign === ')' || sign === ']' || sign === '}') {
      const last = open.at(-1)
      if (last === undefined) found.push({ from, to, message: `Nothing opens this ${sign}` })
      else if (closing[last.sign] !== sign)
        found.push({ from, to, message: `This ${sign} meets a ${last.sign}: a ${closing[last.sign]} is missing` })
      if (last !== undefined) open.pop()
    }
  }
  return [...found, ...open.map(({ sign, from }) => ({ from, to: from + 1, message: `This ${sign} is never closed` }))]
}

function openingLength(statement: string, from: number): number {
  return /^(?:\$\w*\$|\/\*|[a-zA-Z&]{0,2}['"`])/.exec(statement.slice(from, from + 80))?.[0].length ?? 1
}

function unclosed(statement: string, from: number, kind: string): string {
  const opening = statement.slice(from, from + openingLength(statement, from))
  return kind === 'comment'
    ? `This comment is never closed: ${opening} … */`
    : `The ${kind === 'name' ? 'name' : 'text'} behind ${opening} is never closed`
}
