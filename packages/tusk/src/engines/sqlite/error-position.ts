import { type Token, tokenize } from '../../dialect/lexer.ts'
import { sqliteLexicalRules } from '../../dialect/sqlite.ts'

/**
 * Where in the statement SQLite's complaint points, as well as that can be told from its words: node:sqlite does not hand on
 * the offset. `messageOf` gives the message of preparing a text, or undefined when there is none.
 */
export function errorPosition(
  sql: string,
  message: string,
  messageOf: (sql: string) => string | undefined,
): number | undefined {
  if (message === 'incomplete input') return sql.length
  const near = /^near "(.+)": syntax error$/s.exec(message)?.[1]
  if (near !== undefined) return positionOfNear(sql, near, message, messageOf)
  const unrecognized = /^unrecognized token: "(.*)"$/s.exec(message)?.[1]
  if (unrecognized !== undefined) {
    // The tokens before it are sound, so the text that begins with an unsound one is found by its own beginning.
    return tokensOf(sql).find(token => sql.startsWith(unrecognized, token.from))?.from ?? indexIn(sql, unrecognized)
  }
  const table = /^no such table: (.+)$/.exec(message)?.[1]
  if (table !== undefined) return positionOfName(sql, table, tableWords) ?? positionOfName(sql, table)
  const missing =
    /^(?:no such (?:column|function|view|index|module|collation sequence|savepoint|window)|ambiguous column name|table .* has no column named|wrong number of arguments to function|table|view|index|trigger):? (.+?)(?:\(\)| already exists| - should this be .*)?$/.exec(
      message,
    )?.[1]
  return missing === undefined ? undefined : positionOfName(sql, missing)
}

/** The parser stops at the first such token after which the text cut there fails in the same way. */
function positionOfNear(
  sql: string,
  near: string,
  message: string,
  messageOf: (sql: string) => string | undefined,
): number | undefined {
  const candidates = tokensOf(sql).filter(token => sql.startsWith(near, token.from))
  for (const token of candidates.slice(0, 50)) {
    if (messageOf(sql.slice(0, token.from + near.length)) === message) return token.from
  }
  return candidates[0]?.from
}

const tableWords = ['from', 'join', 'into', 'update', 'table', ',']

/** A name as the message has it, `schema.table.column` in parts, quoted or not; after one of the words where given. */
function positionOfName(sql: string, name: string, after?: readonly string[]): number | undefined {
  const tokens = tokensOf(sql)
  const parts = name.split('.').map(part => part.replace(/^"|"$/g, '').toLowerCase())
  const text = (token: Token): string => {
    const written = sql.slice(token.from, token.to).toLowerCase()
    return token.kind === 'name' ? written.slice(1, -1) : written
  }
  for (const wanted of parts.length > 1 ? [parts, parts.slice(-1)] : [parts]) {
    const found = tokens.findIndex((_token, index) => {
      if (after !== undefined && (index === 0 || !after.includes(text(tokens[index - 1]!)))) return false
      return wanted.every((part, step) => {
        const token = tokens[index + step * 2]
        const dot = tokens[index + step * 2 + 1]
        return token !== undefined && text(token) === part && (step === wanted.length - 1 || (dot && text(dot) === '.'))
      })
    })
    if (found >= 0) return tokens[found]!.from
  }
  return undefined
}

function tokensOf(sql: string): readonly Token[] {
  return [...tokenize(sql, sqliteLexicalRules)].filter(token => token.kind !== 'space' && token.kind !== 'comment')
}

function indexIn(sql: string, text: string): number | undefined {
  const index = sql.indexOf(text)
  return index < 0 ? undefined : index
}
