import { type LexicalRules, tokenize } from './lexer.ts'

/** Each `schema.name` that stands in a script outside of texts and comments, unquoted and in small letters. */
export function* qualifiedNames(script: string, rules: LexicalRules): Generator<string> {
  let before: readonly string[] = []
  for (const { kind, from, to } of tokenize(script, rules)) {
    if (kind === 'space' || kind === 'comment') continue
    const text = script.slice(from, to)
    const name = kind === 'name' ? text.slice(1, -1).replaceAll('""', '"') : kind === 'text' ? '' : text
    const [schema, dot] = before
    if (dot === '.' && (kind === 'name' || kind === 'word')) yield `${schema}.${name}`.toLowerCase()
    before = [before.at(-1) ?? '', name]
  }
}
