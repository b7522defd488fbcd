import { duckdbRules } from '../../../dialect/duckdb.ts'
import { type LexicalRules, tokenize } from '../../../dialect/lexer.ts'
import { postgresRules } from '../../../dialect/postgres.ts'
import type { SqlFlavour } from '../../../dialect/sql-literal.ts'
import { sqliteLexicalRules } from '../../../dialect/sqlite.ts'
import type { Dialect } from '../../../engine/dialect.ts'

const flavours: Readonly<
  Record<SqlFlavour, { readonly language: 'postgresql' | 'duckdb' | 'sqlite'; readonly rules: LexicalRules }>
> = {
  postgres: { language: 'postgresql', rules: postgresRules },
  duckdb: { language: 'duckdb', rules: duckdbRules },
  sqlite: { language: 'sqlite', rules: sqliteLexicalRules },
}

export interface Formatted {
  readonly text: string
  /** Statements that stay as they were, because the formatter does not understand them or would change what they say. */
  readonly left: number
}

/**
 * A script with its statements laid out, each by itself; what stands between them stays. Only spaces and line breaks change: every other
 * token is as it was, or the statement is left alone.
 */
export async function formatSql(
  script: string,
  { id, sql }: { readonly id: SqlFlavour; readonly sql: Dialect },
  { tabSize }: { readonly tabSize: number },
): Promise<Formatted> {
  const { format } = await import('sql-formatter')
  const { language, rules } = flavours[id]
  let text = ''
  let done = 0
  let left = 0
  for (const { from, to } of sql.split(script)) {
    text += script.slice(done, from)
    const before = script.slice(from, to)
    const after = formatted(before)
    if (after === undefined) left++
    text += after ?? before
    done = to
  }
  return { text: text + script.slice(done), left }

  function formatted(statement: string): string | undefined {
    try {
      const laidOut = format(statement, { language, tabWidth: tabSize, keywordCase: 'preserve', expressionWidth: 80 })
      return saysTheSame(statement, laidOut, rules) ? laidOut : undefined
    } catch {
      return undefined // it says where it stopped understanding, in words about itself
    }
  }
}

/** Whether two texts differ in spaces alone. */
export function saysTheSame(one: string, other: string, rules: LexicalRules): boolean {
  const rest = (text: string): string[] =>
    [...tokenize(text, rules)].flatMap(({ kind, from, to }) =>
      kind === 'space'
        ? []
        : [kind === 'comment' ? text.slice(from, to).replace(/\s+/g, ' ').trim() : text.slice(from, to)],
    )
  const [before, after] = [rest(one), rest(other)]
  return (
    before.length === after.length && before.every((token, at) => token === after[at]) && sameGlue(one, other, rules)
  )
}

/** `a . b` may become `a.b`, but `- -1` not `--1` and `1 2` not `12`: the same tokens come out when the new text is read; operators stay together. */
function sameGlue(one: string, other: string, rules: LexicalRules): boolean {
  const operators = (text: string): string => {
    let out = ''
    let before = ''
    for (const { kind, from, to } of tokenize(text, rules)) {
      const token = text.slice(from, to)
      const isOperator = kind === 'symbol' && /^[-+*/<>=~!@#%^&|`?:]$/.test(token)
      if (isOperator) out += before === 'operator' ? token : ` ${token}`
      before = isOperator ? 'operator' : 'other'
    }
    return out
  }
  return operators(one) === operators(other)
}
