import type { LexicalRules } from '../lexer.ts'
import { placedWords } from '../words.ts'

const switches = new Set(['analyze', 'analyse', 'verbose'])
const off = new Set(['false', 'off', '0', 'no'])

/** `EXPLAIN [ANALYZE] [VERBOSE]`, `EXPLAIN (ANALYZE, …)`, `EXPLAIN QUERY PLAN`: where what it explains begins, and whether it is carried out. */
export function explained(
  statement: string,
  rules: LexicalRules,
): { readonly from: number; readonly analyzes: boolean } | undefined {
  const words = placedWords(statement, rules)
  if (words[0]?.text !== 'explain') return undefined
  let at = 1
  let analyzes = false
  if (words[at]?.text === 'query' && words[at + 1]?.text === 'plan') at += 2
  for (; switches.has(words[at]?.text ?? ''); at++) analyzes ||= words[at]!.text !== 'verbose'
  // Not the parenthesis that a query begins with: `EXPLAIN (SELECT 1)`.
  if (
    words[at]?.text === '(' &&
    words[at + 1]?.kind === 'word' &&
    !/^(?:select|with|values|table|from)$/.test(words[at + 1]!.text)
  ) {
    const { depth } = words[at]!
    let word = at + 1
    for (; word < words.length && !(words[word]!.text === ')' && words[word]!.depth === depth); word++) {
      if (!/^analy[sz]e$/.test(words[word]!.text)) continue
      analyzes = !off.has((words[word + 1]?.text ?? '').toLowerCase().replaceAll("'", ''))
    }
    at = word + 1
  }
  return { from: words[at]?.from ?? statement.length, analyzes }
}
