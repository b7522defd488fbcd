import { tokenize } from '../../dialect/lexer.ts'
import { sqliteLexicalRules } from '../../dialect/sqlite.ts'

/** What a statement does, as its first words say it: `SELECT`, `CREATE TABLE`, `INSERT` (also after WITH). */
export function commandOf(statement: string): string {
  const words = firstWords(statement)
  const [first = '', ...rest] = words
  switch (first) {
    case 'CREATE':
    case 'DROP':
    case 'ALTER': {
      const object = rest.find(word => objects.has(word))
      return object === undefined ? first : `${first} ${object}`
    }
    case 'WITH':
      return rest.find(word => verbs.has(word)) ?? 'SELECT'
    case 'VALUES':
      return 'SELECT'
    case 'REPLACE':
      return 'INSERT'
    case 'END':
      return 'COMMIT'
    default:
      return first
  }
}

const objects = new Set(['TABLE', 'VIEW', 'INDEX', 'TRIGGER'])
const verbs = new Set(['INSERT', 'UPDATE', 'DELETE', 'REPLACE'])

/** Words outside parentheses, in capitals. */
function firstWords(statement: string): readonly string[] {
  const words: string[] = []
  let depth = 0
  for (const token of tokenize(statement, sqliteLexicalRules)) {
    const text = statement.slice(token.from, token.to)
    if (text === '(') depth++
    else if (text === ')') depth--
    else if (token.kind === 'word' && depth === 0) words.push(text.toUpperCase())
    if (words.length === 100) break
  }
  return words
}
