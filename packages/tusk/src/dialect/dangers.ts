import type { Danger } from '../engine/danger.ts'
import { explained } from './explain/explained.ts'
import type { LexicalRules } from './lexer.ts'
import { type PlacedWord, placedWords } from './words.ts'

/**
 * What a statement would lose at once: UPDATE and DELETE without a WHERE of their own (also inside of WITH, COPY, PREPARE and EXPLAIN ANALYZE),
 * DROP, ALTER … DROP COLUMN, CREATE OR REPLACE TABLE, TRUNCATE, and all of these in the block of a DO. What functions and procedures do when
 * they are called is not seen: it keeps people from accidents.
 */
export function dangersOf(statement: string, rules: LexicalRules): readonly Danger[] {
  const explain = explained(statement, rules)
  if (explain !== undefined) return explain.analyzes ? dangersOf(statement.slice(explain.from), rules) : []
  const words = placedWords(statement, rules)
  // Parentheses that a statement begins with change nothing.
  const first = words.find(({ text }) => text !== '(')
  switch (first?.text) {
    case 'drop':
      return [dropped(words)]
    case 'truncate':
      return [truncated(words)]
    case 'alter':
      return columnsDropped(words)
    case 'create':
      return replaced(words)
    case 'do':
      return words.flatMap(({ kind, text }) => (kind === 'text' ? inBlock(bodyOf(text), rules) : []))
    default:
      return changesOf(words)
  }
}

/** UPDATE and DELETE wherever a statement may begin. */
function changesOf(words: readonly PlacedWord[]): readonly Danger[] {
  return words.flatMap((word, at) => {
    if (word.kind !== 'word' || (word.text !== 'update' && word.text !== 'delete') || !mayBegin(words, at)) return []
    const isDelete = word.text === 'delete'
    const scope = restOf(words, at)
    const [second] = scope.slice(1)
    // Names of columns: INSERT INTO log (delete, update) …
    if (isDelete ? second?.text !== 'from' : !scope.some(({ text, depth }) => text === 'set' && depth === word.depth))
      return []
    if (scope.some(({ kind, text, depth }) => kind === 'word' && text === 'where' && depth === word.depth)) return []
    const table = nameIn(scope.slice(isDelete ? 2 : 1), /^(?:only|or|rollback|abort|replace|fail|ignore)$/)
    return [
      isDelete
        ? { kind: 'delete', what: `Every row of ${table} is deleted: there is no WHERE.` }
        : { kind: 'update', what: `Every row of ${table} is changed: there is no WHERE.` },
    ]
  })
}

/** At the beginning, after a parenthesis, after the list of a WITH, after PREPARE … AS. Not after FOR, ON, DO, THEN, a comma or a dot. */
function mayBegin(words: readonly PlacedWord[], at: number): boolean {
  const before = words[at - 1]
  if (before === undefined || before.text === '(' || before.text === ')') return true
  return before.text === 'as' && words[0]!.text === 'prepare'
}

/** From a word to where its parentheses close. */
function restOf(words: readonly PlacedWord[], at: number): readonly PlacedWord[] {
  const { depth } = words[at]!
  const end = words.findIndex((word, index) => index > at && word.depth < depth)
  return words.slice(at, end === -1 ? undefined : end)
}

/** `schema . "Name"` as it is written, behind words that are no part of it. */
function nameIn(words: readonly PlacedWord[], skipped: RegExp): string {
  const from = words.findIndex(({ kind, text }) => kind !== 'word' || !skipped.test(text))
  let name = ''
  for (const { kind, text } of words.slice(Math.max(0, from))) {
    const isPart = kind === 'word' || kind === 'name'
    if (isPart && name !== '' && !name.endsWith('.')) break
    if (!isPart && text !== '.') break
    name += text
  }
  return name === '' ? 'a table' : name
}

/** Every name of `a, b.c, only d`. */
function namesIn(words: readonly PlacedWord[], skipped: RegExp): string {
  const names: string[] = []
  let part: PlacedWord[] = []
  const depth = words[0]?.depth ?? 0
  for (const word of words) {
    if (word.text === ',' && word.depth === depth) {
      names.push(nameIn(part, skipped))
      part = []
    } else part.push(word)
  }
  names.push(nameIn(part, skipped))
  return names.join(', ')
}

const beforeName = /^(?:concurrently|if|exists|only|table)$/

function dropped(words: readonly PlacedWord[]): Danger {
  const kinds: string[] = []
  let at = words.findIndex(({ text }) => text === 'drop') + 1
  // `MATERIALIZED VIEW`, `FOREIGN TABLE`, `EVENT TRIGGER`: all but the last are words about the kind.
  while (
    /^(?:materialized|foreign|event|temporary|temp|persistent|access|text|user|owned|data|operator)$/.test(
      words[at]?.text ?? '',
    )
  )
    kinds.push(words[at++]!.text)
  kinds.push(words[at++]?.text ?? 'object')
  const names = namesIn(words.slice(at), beforeName)
  const cascade = words.some(({ kind, text }) => kind === 'word' && text === 'cascade')
  return {
    kind: 'drop',
    what: `The ${kinds.join(' ')} ${names} is dropped${cascade ? ', with all that depends on it' : ''}.`,
  }
}

function truncated(words: readonly PlacedWord[]): Danger {
  const at = words.findIndex(({ text }) => text === 'truncate') + 1
  const cascade = words.some(({ kind, text }) => kind === 'word' && text === 'cascade')
  const more = cascade ? ', and of the tables that refer to it' : ''
  return { kind: 'truncate', what: `All rows of ${namesIn(words.slice(at), beforeName)}${more} are removed.` }
}

const noColumn = new Set(['constraint', 'default', 'not', 'expression', 'identity', 'partition', 'primary'])

function columnsDropped(words: readonly PlacedWord[]): readonly Danger[] {
  if (words[1]?.text !== 'table' && words[2]?.text !== 'table') return []
  const table = nameIn(words.slice(words.findIndex(({ text }) => text === 'table') + 1), /^(?:if|exists|only)$/)
  return words.flatMap((word, at): readonly Danger[] => {
    if (word.kind !== 'word' || word.text !== 'drop' || word.depth > 0) return []
    const next = words[at + 1]
    if (next === undefined || (next.kind === 'word' && noColumn.has(next.text))) return []
    const column = nameIn(words.slice(at + 1), /^(?:column|if|exists)$/)
    return [{ kind: 'drop', what: `The column ${column} of ${table} is dropped, with its values.` }]
  })
}

/** CREATE OR REPLACE TABLE drops the one that is there. */
function replaced(words: readonly PlacedWord[]): readonly Danger[] {
  if (words[1]?.text !== 'or' || words[2]?.text !== 'replace') return []
  const at = words[3]?.text === 'table' ? 4 : -1
  if (at === -1) return []
  return [
    {
      kind: 'drop',
      what: `The table ${nameIn(words.slice(at), /^(?:if|not|exists)$/)} is replaced: its rows are lost.`,
    },
  ]
}

/** The statements of a block of procedural code: a statement begins after a semicolon and after words like BEGIN and THEN. */
function inBlock(body: string, rules: LexicalRules): readonly Danger[] {
  const dangers: Danger[] = []
  let from = 0
  for (const { kind, text, from: at, to } of placedWords(`${body};`, rules)) {
    const opens = kind === 'word' && /^(?:begin|then|else|loop|declare)$/.test(text)
    if (text !== ';' && !opens) continue
    dangers.push(...dangersOf(body.slice(from, at), rules))
    from = to
  }
  return dangers
}

/** What is inside of `$$…$$`, `$tag$…$tag$` or quotes. */
function bodyOf(text: string): string {
  const tag = /^\$[^$]*\$/.exec(text)?.[0]
  if (tag !== undefined) return text.slice(tag.length, text.length - tag.length)
  return text.replace(/^[eE]?'|'$/g, '').replaceAll("''", "'")
}
