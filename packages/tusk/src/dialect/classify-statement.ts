import type { StatementKind } from '../engine/dialect.ts'
import { type LexicalRules, tokenize } from './lexer.ts'

/** First word of a statement → what it does. A function looks at what follows. */
export type StatementKinds = Readonly<Record<string, StatementKind | ((words: readonly Word[]) => StatementKind)>>

/** A word or symbol of a statement, lower case, with the number of parentheses around it. Texts and quoted names are `''`. */
export interface Word {
  readonly text: string
  readonly depth: number
}

/** Longer statements are judged by their beginning. */
const wordLimit = 20_000

export function classifyStatement(statement: string, rules: LexicalRules, kinds: StatementKinds): StatementKind {
  const words = readWords(statement, rules)
  const first = words[0]?.text
  const kind = first !== undefined && Object.hasOwn(kinds, first) ? kinds[first] : undefined
  return typeof kind === 'function' ? kind(words) : (kind ?? 'other')
}

/** Without the parentheses that a statement starts with: `(SELECT 1) UNION …`. */
function readWords(statement: string, rules: LexicalRules): readonly Word[] {
  const words: Word[] = []
  let depth = 0
  for (const token of tokenize(statement, rules)) {
    if (token.kind === 'space' || token.kind === 'comment') continue
    const text =
      token.kind === 'word' || token.kind === 'symbol' ? statement.slice(token.from, token.to).toLowerCase() : ''
    if (text === ')') depth--
    if (words.length > 0 || text !== '(') words.push({ text, depth: words.length === 0 ? 0 : depth })
    if (text === '(' && words.length > 0) depth++
    if (words.length >= wordLimit) break
  }
  return words
}

const writes = new Set(['insert', 'update', 'delete', 'merge', 'replace'])
const reads = new Set(['select', 'values', 'table', 'from'])

/** `WITH …`: the statement after the list decides, or a part that writes. */
export function kindOfWith(words: readonly Word[]): StatementKind {
  let kind: StatementKind = 'other'
  for (const [index, word] of words.entries()) {
    if (
      writes.has(word.text) &&
      (words[index - 1]?.text === '(' || (word.depth === 0 && words[index - 1]?.text === ')'))
    )
      return 'write'
    if (kind === 'other' && word.depth === 0 && reads.has(word.text)) kind = 'select'
  }
  return kind
}

/** `CREATE [OR REPLACE] [GLOBAL | LOCAL] TEMP …` lasts as long as the session. */
export function kindOfCreate(words: readonly Word[]): StatementKind {
  return words.slice(1, 5).some(word => word.text === 'temp' || word.text === 'temporary') ? 'session' : 'ddl'
}

/** What every dialect says in the same way. */
export const commonKinds: StatementKinds = {
  select: 'select',
  values: 'select',
  with: kindOfWith,
  explain: 'explain',
  insert: 'write',
  update: 'write',
  delete: 'write',
  create: kindOfCreate,
  alter: 'ddl',
  drop: 'ddl',
  begin: 'session',
  commit: 'session',
  end: 'session',
  rollback: 'session',
  savepoint: 'session',
  release: 'session',
}
