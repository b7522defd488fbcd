import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  pickedCompletion,
  snippetCompletion,
} from '@codemirror/autocomplete'
import type { WireSnippet } from '../../../../wire.ts'
import type { EditorDialect } from '../editor-dialect.ts'
import { shownStatementAt } from '../statements.ts'
import { joinConditions } from './join-conditions.ts'
import type { IndexedRelation, SchemaIndex } from './schema-index.ts'
import { type Scope, scopeAt } from './scope.ts'
import { signatureOf } from './signatures.ts'
import { type Source, sameName } from './sources.ts'
import type { CompletionUses, UseKey } from './uses.ts'

/** What completion needs to know now; asked anew each time. */
export interface CompletionFacts {
  readonly dialect: EditorDialect
  readonly index: SchemaIndex
  /** Stored results that have names: `@name` in SQL of DuckDB. */
  readonly results?: readonly NamedResult[]
  readonly snippets?: readonly WireSnippet[]
  /** What was taken before comes first. */
  readonly uses?: CompletionUses
}

export interface NamedResult {
  /** Without the `@`. */
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

/** Longer statements are read around the cursor only. */
const statementLimit = 30_000
const statementWords = `select with insert into update delete from create table create view alter table drop table explain begin commit rollback
  set values`
const wordPattern = /^[\p{L}_][\p{L}\p{N}_$]*$/u
const quotedPattern = /^"[^"]*$/

/** Completes names of the database, of the statement itself, and words of the dialect. */
export function sqlCompletion(facts: () => CompletionFacts): CompletionSource {
  return context => complete(context, facts())
}

function complete(context: CompletionContext, facts: CompletionFacts): CompletionResult | null {
  const { text, start } = statementAround(context)
  const scope = scopeAt(text, context.pos - start, path => {
    if (path[0]?.startsWith('@')) return resultsOf(facts).find(one => sameName(`@${one.name}`, path[0]!))?.columns ?? []
    const relation = facts.index.find(path)
    return relation === undefined ? [] : facts.index.columns(relation)
  })
  if (scope === undefined || scope.expects.kind === 'nothing') return null
  const unasked = ['member', 'join', 'result'].includes(scope.expects.kind)
  if (!context.explicit && scope.typed.text === '' && !unasked) return null
  // A first letter there is as often an alias: Enter must not turn `orders o` into `orders order by`.
  if (!context.explicit && scope.maybeAlias && scope.typed.text.length < 2) return null
  const options = [...snippetOptions(scope, facts), ...optionsFor(scope, facts)].map(option =>
    rankedByUse(option, facts),
  )
  if (!context.explicit && scope.typed.text === '' && scope.expects.kind === 'join' && options[0]?.type !== 'join')
    return null
  if (options.length === 0) return null
  const from = start + scope.typed.from
  if (scope.expects.kind === 'result') return { from: from - 1, options, validFor: /^@[\p{L}\p{N}_]*$/u }
  const quoted = scope.typed.text.startsWith('"')
  const closed = quoted && context.state.sliceDoc(context.pos, context.pos + 1) === '"'
  return {
    from,
    to: closed ? context.pos + 1 : context.pos,
    options: quoted ? distinct(options).map(withQuote) : distinct(options),
    validFor: quoted ? quotedPattern : wordPattern,
  }
}

/** So that what is typed behind an opening quote finds the name. */
function withQuote(option: Completion): Completion {
  return { ...option, label: `"${option.label}`, displayLabel: option.displayLabel ?? option.label }
}

function statementAround(context: CompletionContext): { readonly text: string; readonly start: number } {
  const { state, pos } = context
  const line = state.doc.lineAt(pos)
  const statement = shownStatementAt(state, pos)
  const covers = statement !== undefined && statement.from <= pos && pos <= statement.to
  // Behind a finished statement begins a new one; behind an unfinished one (no semicolon yet) the cursor still belongs to it.
  const unfinished = statement !== undefined && statement.to < pos && !state.sliceDoc(statement.to, pos).includes(';')
  if (statement === undefined || !(covers || unfinished))
    return { text: state.sliceDoc(line.from, pos), start: line.from }
  const from = Math.max(statement.from, pos - statementLimit)
  const to = Math.min(Math.max(statement.to, pos), pos + statementLimit)
  return { text: state.sliceDoc(from, to), start: from }
}

function optionsFor(scope: Scope, facts: CompletionFacts): Completion[] {
  const { vocabulary } = facts.dialect
  const { expects } = scope
  switch (expects.kind) {
    case 'nothing':
      return []
    case 'statement':
      return keywordOptions([...vocabulary.keywords], scope, statementWords)
    case 'clause':
      return keywordOptions(vocabulary.keywords, scope)
    case 'type':
      return vocabulary.types.map(label => ({ label, type: 'type' }))
    case 'relation':
      return [
        ...relationOptions(scope, facts),
        ...resultOptions(facts),
        ...keywordOptions(['select', 'lateral', 'only', 'if exists', 'values'], scope),
      ]
    case 'member':
      return memberOptions(expects.path, scope, facts)
    case 'result':
      return resultOptions(facts)
    case 'shared':
      return sharedOptions(scope, facts)
    case 'target':
      return targetOptions(expects.path, expects.used, facts)
    case 'join':
    case 'expression':
      return [
        ...joinOptions(scope, facts),
        ...columnOptions(scope, facts),
        ...sourceOptions(scope, facts),
        ...vocabulary.functions.map(name => functionOption(name, facts)),
        ...keywordOptions(vocabulary.keywords, scope),
      ]
  }
}

/** Wherever something new may begin. */
function snippetOptions({ expects, typed }: Scope, { snippets = [] }: CompletionFacts): Completion[] {
  if (!['statement', 'clause', 'relation', 'expression', 'join'].includes(expects.kind) || typed.text.startsWith('"'))
    return []
  return snippets.map(({ trigger, body }) =>
    snippetCompletion(body, {
      label: trigger,
      detail: body.replace(/\s+/g, ' ').slice(0, 40),
      info: body,
      type: 'snippet',
      boost: 45,
    }),
  )
}

function resultsOf({ dialect, results = [] }: CompletionFacts): readonly NamedResult[] {
  return dialect.id === 'duckdb' ? results : []
}

function resultOptions(facts: CompletionFacts): Completion[] {
  return resultsOf(facts).map(({ name }) => ({ label: `@${name}`, detail: 'result', type: 'result', boost: 40 }))
}

/** Columns that the table which is joined last has in common with one before it. */
function sharedOptions(scope: Scope, facts: CompletionFacts): Completion[] {
  const joined = scope.sources
    .filter(({ from }) => from !== undefined && from < scope.typed.from)
    .toSorted((one, other) => one.from! - other.from!)
  const last = joined.pop()
  const others = joined.flatMap(source => source.columns)
  return (last?.columns ?? [])
    .filter(column => others.some(other => sameName(other.name, column.name)))
    .map(({ name, type }) => ({ label: name, apply: quote(name, facts), detail: type, type: 'column', boost: 60 }))
}

/** What is needed to tell it from others, whatever the place. */
export function useKey({ type = '', label, displayLabel }: Completion): UseKey {
  return `${type} ${(displayLabel ?? label).toLowerCase()}`
}

function rankedByUse(option: Completion, { uses }: CompletionFacts): Completion {
  const bonus = uses?.bonus(useKey(option)) ?? 0
  return bonus === 0 ? option : { ...option, boost: Math.min(99, (option.boost ?? 0) + bonus) }
}

function joinOptions(scope: Scope, facts: CompletionFacts): Completion[] {
  if (scope.expects.kind !== 'join') return []
  const found = joinConditions(scope.sources, scope.typed.from, facts.index, name => quote(name, facts))
  return found.map((condition, at) => ({
    label: condition,
    detail: 'foreign key',
    type: 'join',
    boost: Math.max(70, 99 - at),
  }))
}

function columnOptions(scope: Scope, facts: CompletionFacts): Completion[] {
  const seen = new Map<string, number>()
  for (const source of scope.sources) {
    for (const column of source.columns) seen.set(column.name, (seen.get(column.name) ?? 0) + 1)
  }
  return scope.sources.flatMap((source, depth) =>
    source.columns.map(column => {
      const ambiguous = (seen.get(column.name) ?? 0) > 1 && source.name !== ''
      const quoted = quote(column.name, facts)
      return {
        label: column.name,
        apply: ambiguous ? `${quote(source.name, facts)}.${quoted}` : quoted,
        ...(ambiguous ? { displayLabel: `${source.name}.${column.name}` } : {}),
        detail: column.type,
        type: 'column',
        boost: 60 - Math.min(depth, 20),
      }
    }),
  )
}

function sourceOptions(scope: Scope, facts: CompletionFacts): Completion[] {
  return scope.sources
    .filter(source => source.name !== '')
    .map(source => ({
      label: source.name,
      apply: quote(source.name, facts),
      detail: aliasDetail(source),
      type: 'alias',
      boost: 30,
    }))
}

function aliasDetail(source: Source): string {
  if (source.path?.[0]?.startsWith('@')) return 'result'
  if (source.path === undefined) return 'sub-select'
  return sameName(source.path.at(-1)!, source.name) ? 'table' : source.path.join('.')
}

function relationOptions(scope: Scope, facts: CompletionFacts): Completion[] {
  const { index } = facts
  return [
    ...scope.expressions.map(source => ({
      label: source.name,
      apply: quote(source.name, facts),
      detail: 'WITH',
      type: 'expression',
      boost: 70,
    })),
    ...index.relations
      .filter(relation => !relation.system)
      .map(relation => relationOption(relation, !relation.visible, facts)),
    ...index.schemas.map(schema => schemaOption(schema, facts)),
  ]
}

function relationOption(relation: IndexedRelation, qualified: boolean, facts: CompletionFacts): Completion {
  const path = [...(relation.catalog === undefined ? [] : [relation.catalog]), relation.schema, relation.name]
  return {
    label: relation.name,
    apply: qualified ? path.map(name => quote(name, facts)).join('.') : quote(relation.name, facts),
    detail: qualified ? path.slice(0, -1).join('.') : relation.kind === 'table' ? '' : relation.kind,
    type: relation.kind.includes('view') ? 'view' : 'table',
    boost: qualified ? 10 : 50,
    ...(relation.comment === undefined ? {} : { info: relation.comment }),
  }
}

function schemaOption(schema: string, facts: CompletionFacts): Completion {
  return { label: schema, apply: quote(schema, facts), detail: 'schema', type: 'schema', boost: 0 }
}

function memberOptions(path: readonly string[], scope: Scope, facts: CompletionFacts): Completion[] {
  const columnsFrom = (columns: Source['columns']): Completion[] =>
    columns.map((column, at) => ({
      label: column.name,
      apply: quote(column.name, facts),
      detail: column.type,
      type: 'column',
      boost: Math.max(0, 60 - at),
    }))
  const { index } = facts
  const relation = expectsRelation(scope)
  if (!relation && path.length === 1) {
    const source = scope.sources.find(candidate => sameName(candidate.name, path[0]!))
    if (source !== undefined) return columnsFrom(source.columns)
    // The row that ON CONFLICT met: it has the columns of the table.
    if (sameName(path[0]!, 'excluded') && scope.sources.length === 1) return columnsFrom(scope.sources[0]!.columns)
  }
  const within = index.within(path).map(found => relationOption(found, false, facts))
  const schemas = path.length === 1 ? index.schemasOf(path[0]!).map(schema => schemaOption(schema, facts)) : []
  if (within.length + schemas.length > 0) return [...schemas, ...within]
  const found = relation ? undefined : index.find(path)
  return found === undefined ? [] : columnsFrom(index.columns(found))
}

function expectsRelation(scope: Scope): boolean {
  return scope.expects.kind === 'member' && scope.expects.relation
}

function targetOptions(path: readonly string[], used: readonly string[], facts: CompletionFacts): Completion[] {
  const relation = facts.index.find(path)
  if (relation === undefined) return []
  return facts.index
    .columns(relation)
    .filter(column => !used.some(name => sameName(name, column.name)))
    .map((column, at) => ({
      label: column.name,
      apply: quote(column.name, facts),
      detail: column.type,
      type: 'column',
      boost: Math.max(0, 90 - at),
    }))
}

/** Words in the case that the person types in; in small letters when nothing is typed yet. */
function keywordOptions(words: readonly string[], scope: Scope, first = ''): Completion[] {
  const capitals = /[A-Z]/.test(scope.typed.text[0] ?? '')
  return words.map(word => ({
    label: capitals ? word.toUpperCase() : word,
    type: 'keyword',
    boost: first.includes(word) ? 20 : -20,
  }))
}

function functionOption(name: string, facts: CompletionFacts): Completion {
  return {
    label: name,
    detail: signatureOf(name, facts.dialect.id),
    type: 'function',
    boost: -10,
    apply: (view, completion, from, to) => {
      const called = view.state.sliceDoc(to, to + 1) === '('
      view.dispatch({
        changes: { from, to, insert: called ? name : `${name}()` },
        selection: { anchor: from + name.length + 1 },
        userEvent: 'input.complete',
        annotations: pickedCompletion.of(completion),
      })
    },
  }
}

function quote(name: string, facts: CompletionFacts): string {
  return name === '' ? '""' : facts.dialect.sql.quoteIdentifier(name)
}

function distinct(options: readonly Completion[]): Completion[] {
  const seen = new Set<string>()
  return options.filter(option => {
    const key = `${option.type} ${option.displayLabel ?? option.label} ${option.detail ?? ''}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
