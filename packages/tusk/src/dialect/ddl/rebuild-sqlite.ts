import type { TableDetails } from '../../engine/table-details.ts'
import { TuskError } from '../../errors.ts'
import { type SafeSql, type SqlParts, sql } from '../safe-sql.ts'
import { sqliteDialect, sqliteLexicalRules } from '../sqlite.ts'
import { type PlacedWord, placedWords } from '../words.ts'
import type { ColumnChange } from './alter-table.ts'
import { defaultSql } from './table-ddl.ts'

/**
 * What SQLite's documentation of ALTER TABLE prescribes for changes that it has no statement for: a new table with the rows of the old one takes its place,
 * with its indexes and triggers. The text of the table is changed at the columns alone, so that all else of it stays. At the end foreign keys are checked,
 * and a row that breaks one fails the script. Belongs into one transaction with foreign keys off.
 */
export function rebuildSqlite(
  parts: SqlParts,
  details: TableDetails,
  changes: readonly ColumnChange[],
): readonly SafeSql[] {
  const { schema, name } = details
  const texts = sqliteDialect.split(details.ddl).map(({ text }) => text)
  const [create, ...after] = texts
  if (create === undefined || !/^create\s+table\b/i.test(create))
    throw new TuskError('UNSUPPORTED', `The text of ${name} is not kept as one of a table, so it cannot be made anew.`)
  const made = newName(details)
  const moved = details.columns.filter(({ generated }) => generated === undefined).map(column => column.name)
  const old = parts.relation({ schema, name })
  const fresh = parts.relation({ schema, name: made })
  const statements = [
    parts.statement(withColumns(parts, withName(create, fresh.text), changes)),
    sql`INSERT INTO ${fresh} (${parts.names(moved)}) SELECT ${parts.names(moved)} FROM ${old}`,
  ]
  if (/\bautoincrement\b/i.test(create)) statements.push(...keptSequence(parts, schema, name, made))
  // Views, triggers and other tables name the table that is gone for a moment, and must go on naming it.
  statements.push(
    sql`DROP TABLE ${old}`,
    sql`PRAGMA legacy_alter_table = ON`,
    sql`ALTER TABLE ${fresh} RENAME TO ${parts.name(name)}`,
    sql`PRAGMA legacy_alter_table = OFF`,
  )
  for (const text of after) statements.push(parts.statement(text))
  const check = parts.relation({ schema: 'temp', name: `${made}_check` })
  statements.push(
    sql`CREATE TABLE ${check} (broken_references INTEGER CHECK (broken_references = 0))`,
    sql`INSERT INTO ${check} SELECT count(*) FROM pragma_foreign_key_check`,
    sql`DROP TABLE ${check}`,
  )
  return statements
}

/** The highest number that was ever given goes on being known. */
function keptSequence(parts: SqlParts, schema: string, name: string, made: string): readonly SafeSql[] {
  const sequence = parts.relation({ schema, name: 'sqlite_sequence' })
  const [old, fresh] = [parts.text(name), parts.text(made)]
  return [
    sql`DELETE FROM ${sequence} WHERE name = ${fresh}`,
    sql`INSERT INTO ${sequence} (name, seq) SELECT ${fresh}, seq FROM ${sequence} WHERE name = ${old}`,
  ]
}

function newName({ name, columns }: TableDetails): string {
  return `${name}_made_anew${columns.length}`
}

/** `CREATE TABLE name (…`: SQLite keeps no more before the name. */
function withName(create: string, name: string): string {
  const [, , old] = placedWords(create, sqliteLexicalRules)
  if (old === undefined) throw new TuskError('UNSUPPORTED', 'The text of the table cannot be read.')
  return create.slice(0, old.from) + name + create.slice(old.to)
}

function withColumns(parts: SqlParts, create: string, changes: readonly ColumnChange[]): string {
  let text = create
  for (const change of changes) text = withColumn(parts, text, change)
  return text
}

function withColumn(parts: SqlParts, create: string, change: ColumnChange): string {
  const words = columnWords(create, change.was!)
  const [first] = words
  const last = words.at(-1)
  if (first === undefined || last === undefined)
    throw new TuskError('UNSUPPORTED', `The definition of ${change.was} is not found in the text of the table.`)
  const rest = words.slice(1)
  const typeEnd = rest.findIndex(
    ({ kind, text, depth }) => kind === 'word' && depth === 1 && startsConstraint.has(text),
  )
  const constraints = typeEnd === -1 ? [] : rest.slice(typeEnd)
  const kept = constraintsOf(constraints)
    .filter(([start]) => start?.text !== 'default' && !(start?.text === 'not') && start?.text !== 'null')
    .map(parts => create.slice(parts[0]!.from, parts.at(-1)!.to))
  const initial = defaultSql(parts, change)
  const pieces = [
    create.slice(first.from, first.to),
    change.type.trim() === '' ? '' : parts.written(change.type, `The type of ${change.name}`).text,
    change.nullable ? '' : 'NOT NULL',
    initial === undefined ? '' : `DEFAULT ${initial.text}`,
    ...kept,
  ]
  return create.slice(0, first.from) + pieces.filter(piece => piece !== '').join(' ') + create.slice(last.to)
}

const startsConstraint: ReadonlySet<string> = new Set(
  'constraint primary not null unique check default collate references generated as'.split(' '),
)

/** The words of the definition of a column, from its name to before the comma. */
function columnWords(create: string, name: string): readonly PlacedWord[] {
  const words = placedWords(create, sqliteLexicalRules)
  const open = words.findIndex(({ text, depth }) => text === '(' && depth === 0)
  let item: PlacedWord[] = []
  for (const word of words.slice(open + 1)) {
    const ends = (word.depth === 1 && word.text === ',') || (word.depth === 0 && word.text === ')')
    if (!ends) {
      item.push(word)
      continue
    }
    if (item[0] !== undefined && nameOf(item[0], create) === name.toLowerCase()) return item
    if (word.depth === 0) break
    item = []
  }
  return []
}

function nameOf({ kind, text, from, to }: PlacedWord, create: string): string {
  if (kind === 'word') return text
  const quote = create[from] === '[' ? ']' : create[from]!
  return create
    .slice(from + 1, to - 1)
    .replaceAll(quote + quote, quote)
    .toLowerCase()
}

/** Each constraint of a column by itself, without the name that it may have: `NOT NULL ON CONFLICT FAIL`, `REFERENCES t (id) ON DELETE CASCADE`. */
function constraintsOf(words: readonly PlacedWord[]): readonly (readonly PlacedWord[])[] {
  const found: PlacedWord[][] = []
  for (const [at, word] of words.entries()) {
    const before = words[at - 1]?.text
    const isStart =
      word.kind === 'word' &&
      word.depth === 1 &&
      startsConstraint.has(word.text) &&
      // NOT NULL · GENERATED ALWAYS AS · DEFAULT NULL · ON DELETE SET NULL, SET DEFAULT · NOT DEFERRABLE
      !(word.text === 'null' && (before === 'not' || before === 'default' || before === 'set')) &&
      !(word.text === 'default' && before === 'set') &&
      !(word.text === 'as' && before === 'always') &&
      !(word.text === 'not' && words[at + 1]?.text === 'deferrable')
    if (isStart) found.push([word])
    else found.at(-1)?.push(word)
  }
  // `CONSTRAINT name CHECK (…)` comes as two: the name goes with what it names, or away with it.
  return found.flatMap((part, at) => {
    if (part[0]?.text === 'constraint') return []
    const named = found[at - 1]
    const isChanged = part[0]?.text === 'not' || part[0]?.text === 'default'
    return [named?.[0]?.text === 'constraint' && !isChanged ? [...named, ...part] : part]
  })
}
