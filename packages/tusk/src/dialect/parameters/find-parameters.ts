import type { ParameterUse } from '../../engine/parameters.ts'
import { type LexicalRules, type Token, tokenize } from '../lexer.ts'

/** Words after which a value begins, so that a colon right behind them is no part of an expression: `LIMIT:n`. */
const beforeValues = new Set(
  `select from where and or not on in like ilike between limit offset set values returning having by when then else case is as distinct all any
  some escape using array`.split(/\s+/),
)
const idPattern = /^[\p{L}_][\p{L}\p{N}_]*$/u

/**
 * `:name`, `$name`, `$1` and `{{name}}` outside of texts, comments and quoted names. No parameters are casts (`::type`), slices (`a[1:n]`), members of
 * structs (`{a:b}`), names in front of a colon (`JSON_OBJECT('a':b)`, DuckDB's `alias:x`), and what a routine or a prepared statement
 * has of its own.
 */
export function findParameters(statement: string, rules: LexicalRules): readonly ParameterUse[] {
  const tokens = [...tokenize(statement, rules)]
  if (hasOwnParameters(statement, tokens)) return []
  const found: ParameterUse[] = []
  const open: ('subscript' | 'list' | 'brace' | 'other')[] = []
  /** The last token that is no space and no comment. */
  let before: Token | undefined
  const text = (token: Token | undefined): string => (token === undefined ? '' : statement.slice(token.from, token.to))
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!
    if (token.kind === 'space' || token.kind === 'comment') continue
    const use = usedAt(at)
    if (use !== undefined) {
      found.push({ name: use.name, from: token.from, to: tokens[use.last]!.to })
      at = use.last
      before = tokens[at]
      continue
    }
    follow(token)
    before = token
  }
  return found

  function usedAt(at: number): { readonly name: string; readonly last: number } | undefined {
    const sign = text(tokens[at])
    const next = tokens[at + 1]
    if (tokens[at]?.kind !== 'symbol' || next === undefined) return undefined
    if (sign === '{') return template(at)
    const name = text(next)
    if (sign === '$') return next.kind === 'word' || /^\d+$/.test(name) ? named(name, at + 1) : undefined
    if (sign !== ':' || next.kind !== 'word' || isOtherColon(tokens[at]!)) return undefined
    return named(name, at + 1)
  }

  /** A word takes in `$`; a name does not. */
  function named(name: string, last: number): { readonly name: string; readonly last: number } | undefined {
    return idPattern.test(name) || /^\d+$/.test(name) ? { name, last } : undefined
  }

  function template(at: number): { readonly name: string; readonly last: number } | undefined {
    if (text(tokens[at + 1]) !== '{') return undefined
    let inner = at + 2
    if (tokens[inner]?.kind === 'space') inner++
    const name = text(tokens[inner])
    let last = inner + 1
    if (tokens[last]?.kind === 'space') last++
    if (text(tokens[last]) !== '}' || text(tokens[last + 1]) !== '}') return undefined
    return named(name, last + 1)
  }

  function isOtherColon(colon: Token): boolean {
    const isBeside = before?.to === colon.from
    const sign = text(before)
    if (sign === ':' && isBeside) return true // `::type`
    const place = open.at(-1)
    const isBehindValue = isOperand(before)
    if (place === 'subscript') return isBehindValue || sign === '['
    return isBehindValue && (isBeside || place === 'brace')
  }

  function isOperand(token: Token | undefined): boolean {
    if (token === undefined) return false
    if (token.kind === 'word') return !beforeValues.has(text(token).toLowerCase())
    return token.kind === 'name' || token.kind === 'text' || /^(?:\d+|[)\]}])$/.test(text(token))
  }

  function follow(token: Token): void {
    if (token.kind !== 'symbol') return
    const sign = text(token)
    if (sign === '[') open.push(isOperand(before) ? 'subscript' : 'list')
    else if (sign === '{') open.push('brace')
    else if (sign === '(') open.push('other')
    else if (sign === ']' || sign === '}' || sign === ')') open.pop()
  }
}

/** In these `$1` is an argument of what is made. */
function hasOwnParameters(statement: string, tokens: readonly Token[]): boolean {
  const words: string[] = []
  for (const { kind, from, to } of tokens) {
    if (kind === 'space' || kind === 'comment') continue
    if (kind !== 'word' || words.length === 8) break
    words.push(statement.slice(from, to).toLowerCase())
  }
  return /^(?:prepare\b|do\b|create (?:or replace )?(?:(?:temp|temporary|constraint|event|trusted|procedural) )*(?:function|procedure|rule|trigger|macro)\b)/.test(
    words.join(' '),
  )
}
