import {
  type GroupNode,
  groupsAround,
  isSymbol,
  isWord,
  nameOf,
  readNodes,
  type ScriptNode,
  type Typed,
} from './script-nodes.ts'
import { branches, type ColumnsOf, readExpressions, readPath, readSources, type Source } from './sources.ts'

/** What makes sense at the cursor. */
export type Expectation =
  | { readonly kind: 'nothing' }
  /** The first word of a statement. */
  | { readonly kind: 'statement' }
  | { readonly kind: 'relation' }
  /** Behind a table's name: an alias or the next clause. */
  | { readonly kind: 'clause' }
  | { readonly kind: 'type' }
  | { readonly kind: 'expression' }
  /** Behind `JOIN … ON`: a condition. */
  | { readonly kind: 'join' }
  /** After `path.`: columns, or relations of a schema. */
  | { readonly kind: 'member'; readonly path: readonly string[]; readonly relation: boolean }
  /** After `@` where a table may stand: the name of a stored result. */
  | { readonly kind: 'result' }
  /** In the list of `JOIN … USING (…)`. */
  | { readonly kind: 'shared' }
  /** In the column list of INSERT INTO. */
  | { readonly kind: 'target'; readonly path: readonly string[]; readonly used: readonly string[] }

export interface Scope {
  readonly typed: Typed
  readonly expects: Expectation
  /** What the query around the cursor reads from or writes to, innermost first. */
  readonly sources: readonly Source[]
  readonly expressions: readonly Source[]
  /** Something stands before the cursor that could be given another name there: `FROM orders o`, `count(*) n`. */
  readonly maybeAlias: boolean
}

const relationWords =
  `FROM JOIN INTO UPDATE TABLE ONLY VIEW DESCRIBE SUMMARIZE TRUNCATE ANALYZE VACUUM REFERENCES`.split(' ')
const clauseWords =
  `SELECT FROM JOIN WHERE ON GROUP ORDER HAVING SET INTO UPDATE VALUES RETURNING USING LIMIT OFFSET QUALIFY WINDOW WHEN BY TABLE AND OR CASE
  THEN ELSE DISTINCT`.split(/\s+/)

/** Reads one statement around the cursor; `cursor` counts from the statement's start. */
export function scopeAt(statement: string, cursor: number, columnsOf: ColumnsOf): Scope | undefined {
  const read = readNodes(statement, cursor)
  if (read === undefined) return undefined
  const place = read.typed.from
  const around = groupsAround(read.root, place)
  const { sources, expressions } = sourcesAround(around, place, columnsOf)
  const last = around.at(-1)!.nodes.findLast(node => node.to <= place)
  const maybeAlias = last?.kind === 'name' || last?.kind === 'group' || (last?.kind === 'word' && !isKeyword(last))
  return { typed: read.typed, expects: expectation(around, place), sources, expressions, maybeAlias }
}

/** What the query in the innermost of the groups reads from or writes to, innermost first, and what WITH names there. */
export function sourcesAround(
  around: readonly GroupNode[],
  place: number,
  columnsOf: ColumnsOf,
): Pick<Scope, 'sources' | 'expressions'> {
  let expressions: readonly Source[] = []
  let sources: readonly Source[] = []
  for (const [level, group] of around.entries()) {
    // What WITH names sees none of the tables of the query it is named for.
    if (level > 0 && isExpressionBody(around[level - 1]!, group)) sources = []
    expressions = [...expressions, ...readExpressions(group.nodes, expressions, columnsOf)]
    sources = [...readSources(branchAt(group, place), expressions, columnsOf), ...sources]
  }
  return { sources, expressions }
}

function isExpressionBody(parent: GroupNode, group: GroupNode): boolean {
  const before = parent.nodes[parent.nodes.indexOf(group) - 1]
  return (
    isWord(before, 'AS', 'MATERIALIZED') && parent.nodes.some(node => node.to <= group.from && isWord(node, 'WITH'))
  )
}

function branchAt(group: GroupNode, place: number): readonly ScriptNode[] {
  const parts = branches(group.nodes)
  return parts.findLast(part => part[0] !== undefined && part[0].from <= place) ?? parts[0] ?? []
}

function expectation(around: readonly GroupNode[], place: number): Expectation {
  const group = around.at(-1)!
  const before = group.nodes.filter(node => node.to <= place)
  const last = before.at(-1)
  if (isSymbol(last, '.')) return member(before)
  if (isSymbol(last, '@')) {
    const without = place > last!.to ? undefined : expectationAfter(around, before.slice(0, -1))
    return without?.kind === 'relation' ? { kind: 'result' } : { kind: 'expression' }
  }
  return expectationAfter(around, before)
}

function expectationAfter(around: readonly GroupNode[], before: readonly ScriptNode[]): Expectation {
  const group = around.at(-1)!
  const parent = around.at(-2)
  const last = before.at(-1)
  const target = parent && insertTarget(parent, group)
  if (target !== undefined) {
    const used = group.nodes.flatMap(node => (node.kind === 'word' || node.kind === 'name' ? [nameOf(node)] : []))
    return { kind: 'target', path: target, used }
  }
  if (isSymbol(last, ':') && isSymbol(before.at(-2), ':')) return { kind: 'type' }
  const opener = parent?.nodes[parent.nodes.indexOf(group) - 1]
  if (isWord(opener, 'USING') && isShared(before)) return { kind: 'shared' }
  if (isWord(last, 'AS') && isWord(opener, 'CAST', 'TRY_CAST')) return { kind: 'type' }
  if (last === undefined) return parent === undefined ? { kind: 'statement' } : { kind: 'expression' }
  if (isWord(last, 'AS')) return isWord(before[0], 'CREATE', 'EXPLAIN') ? { kind: 'statement' } : { kind: 'nothing' }
  if (isWord(last, 'EXPLAIN')) return { kind: 'statement' }
  if (isWord(last, ...relationWords)) {
    return isWord(before.at(-2), 'DISTINCT', 'DO', 'FOR') ? { kind: 'expression' } : { kind: 'relation' }
  }
  if (isWord(last, 'EXISTS') && isWord(before.at(-2), 'IF')) return { kind: 'relation' }
  const joins = before.slice(0, -1).findLast(node => isWord(node, ...clauseWords))
  if (isWord(last, 'ON') && isWord(joins, 'JOIN')) return { kind: 'join' }
  const clause = before.findLast(node => isWord(node, ...clauseWords))
  if (isWord(clause, 'FROM', 'JOIN', 'INTO', 'UPDATE', 'TABLE')) {
    return isSymbol(last, ',') ? { kind: 'relation' } : { kind: 'clause' }
  }
  return { kind: 'expression' }
}

const otherKeywords =
  `AS IN IS NOT NULL LIKE ILIKE BETWEEN EXISTS ALL ANY UNION INTERSECT EXCEPT WITH LEFT RIGHT INNER OUTER FULL CROSS NATURAL
  END ASC DESC INSERT DELETE CREATE ALTER DROP EXPLAIN CAST OVER PARTITION FILTER INTERVAL`.split(/\s+/)

function isKeyword(node: ScriptNode): boolean {
  return isWord(node, ...clauseWords, ...relationWords, ...otherKeywords)
}

/** Nothing, or names with commas between them. */
function isShared(before: readonly ScriptNode[]): boolean {
  return before.length === 0 || isSymbol(before.at(-1), ',')
}

function member(before: readonly ScriptNode[]): Expectation {
  const path: string[] = []
  let at = before.length - 1
  while (isSymbol(before[at], '.')) {
    const node = before[at - 1]
    if (node?.kind !== 'word' && node?.kind !== 'name') break
    path.unshift(nameOf(node))
    at -= 2
  }
  if (path.length === 0) return { kind: 'nothing' }
  const lead = before[at]
  const clause = before.findLast(node => isWord(node, ...clauseWords))
  const relation = isWord(lead, ...relationWords) || (isSymbol(lead, ',') && isWord(clause, 'FROM'))
  return { kind: 'member', path, relation }
}

/** The table, when `group` is the column list of `INSERT INTO table (…)`. */
export function insertTarget(parent: GroupNode, group: GroupNode): readonly string[] | undefined {
  const at = parent.nodes.indexOf(group)
  const into = parent.nodes.findLastIndex((node, index) => index < at && isWord(node, 'INTO'))
  if (into === -1 || isWord(group.nodes[0], 'SELECT', 'WITH')) return undefined
  const { path, next } = readPath(parent.nodes, into + 1)
  const behind = isWord(parent.nodes[next], 'AS') ? next + 2 : next
  return path.length > 0 && behind === at ? path : undefined
}
