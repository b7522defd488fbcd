import type { ScriptStatement } from '../engine/dialect.ts'
import { type LexicalRules, tokenize } from './lexer.ts'

/**
 * Follows one statement token by token (no spaces, no comments) and says whether a semicolon met after this token would end
 * it. `word` is the lower-case text of a word, otherwise the empty text; a semicolon inside the statement is followed too.
 */
export type StatementEnd = (word: string, symbol: string) => boolean

export interface SplitRules extends LexicalRules {
  /** Made anew for each statement. Absent: every semicolon ends one. */
  readonly statementEnd?: () => StatementEnd
  /** A comment that starts with this and stands before a statement belongs to it: `/*+` holds the planner's hints. */
  readonly hintComment?: string
}

/** Linear in the script's length. What lies between statements is only spaces, comments and semicolons. */
export function splitScript(script: string, rules: SplitRules): readonly ScriptStatement[] {
  const statements: ScriptStatement[] = []
  let from = -1
  let to = -1
  let hintFrom = -1
  let follow = rules.statementEnd?.()
  let mayEnd = true
  const finish = (): void => {
    if (from >= 0) statements.push({ from, to, text: script.slice(from, to) })
    from = hintFrom = -1
    follow = rules.statementEnd?.()
    mayEnd = true
  }
  for (const token of tokenize(script, rules)) {
    if (token.kind === 'space') continue
    if (token.kind === 'comment' && token.closed) {
      if (
        from < 0 &&
        hintFrom < 0 &&
        rules.hintComment !== undefined &&
        script.startsWith(rules.hintComment, token.from)
      )
        hintFrom = token.from
      continue
    }
    const symbol = token.kind === 'symbol' ? script.slice(token.from, token.to) : ''
    if (symbol === ';' && mayEnd) {
      finish()
      continue
    }
    if (from < 0) from = hintFrom < 0 ? token.from : hintFrom
    to = token.to
    if (follow !== undefined)
      mayEnd = follow(token.kind === 'word' ? script.slice(token.from, token.to).toLowerCase() : '', symbol)
  }
  finish()
  return statements
}
