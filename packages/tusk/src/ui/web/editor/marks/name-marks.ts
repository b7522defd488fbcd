import { nearNames } from '../../../../dialect/near-names.ts'
import type { CompletionFacts } from '../completion/completion-source.ts'
import type { IndexedRelation } from '../completion/schema-index.ts'
import {
  type GroupNode,
  isSymbol,
  isWord,
  type LeafNode,
  nameOf,
  readNodes,
  type ScriptNode,
} from '../completion/script-nodes.ts'
import {
  branches,
  type ColumnsOf,
  readExpressions,
  readPath,
  readSources,
  type Source,
  sameName,
} from '../completion/sources.ts'

/** Something that is most likely wrong, by offsets in the statement. */
export interface NameMark {
  readonly from: number
  readonly to: number
  readonly message: string
}

/** Statements of which the names are looked at; of all others nothing is said. */
const looksAt = ['SELECT', 'WITH', 'INSERT', 'UPDATE', 'DELETE', 'FROM']
/** What databases have without saying so. */
const hidden = /^(?:pg_|sqlite_|duckdb_|information_schema$|dual$|pragma_)/i
/** Columns that tables have without showing them. */
const hiddenColumns = new Set(
  'rank docid ctid xmin xmax cmin cmax tableoid oid rowid _rowid_ rownum filename file_row_number file_index'.split(
    ' ',
  ),
)
const depthLimit = 24

/**
 * Tables and columns that are nowhere: neither in the schema, nor in the statement, nor among `made`, the names that the script creates. Says nothing where
 * it cannot be sure: without a schema, about functions, files, other databases, system tables, and of columns whose table it does not know.
 */
export function nameMarks(statement: string, facts: CompletionFacts, made: ReadonlySet<string>): readonly NameMark[] {
  const { index } = facts
  if (index.relations.every(({ system }) => system)) return []
  const root = readNodes(statement, -1)?.root
  if (root === undefined || !isWord(root.nodes[0], ...looksAt)) return []
  const found: NameMark[] = []
  const columnsOf: ColumnsOf = path => {
    const relation = index.find(path)
    return relation === undefined ? [] : index.columns(relation)
  }
  const words = wordsOf(facts)
  look(root, [], [], 0)
  return found

  function look(group: GroupNode, outer: readonly Source[], outerExpressions: readonly Source[], depth: number): void {
    if (depth > depthLimit) return
    const expressions = [...outerExpressions, ...readExpressions(group.nodes, outerExpressions, columnsOf)]
    for (const branch of branches(group.nodes)) {
      const isQuery = depth === 0 || isWord(branch[0], ...looksAt)
      const own = isQuery ? readSources(branch, expressions, columnsOf) : []
      if (isQuery) for (const source of own) lookAtSource(source, branch, expressions)
      const seen = [...own, ...outer]
      lookAtColumns(branch, seen, expressions)
      if (isQuery) lookAtBareColumns(branch, seen, expressions)
      for (const [at, node] of branch.entries()) {
        if (node.kind !== 'group') continue
        // What WITH names sees nothing of the query around; neither do lists of names.
        const named = isWord(branch[at - 1], 'AS', 'MATERIALIZED')
        look(node, named ? [] : seen, expressions, depth + 1)
      }
    }
  }

  function lookAtSource(source: Source, nodes: readonly ScriptNode[], expressions: readonly Source[]): void {
    const { path, from } = source
    if (path === undefined || from === undefined || isKnown(path, expressions)) return
    const at = nodes.findIndex(node => node.from === from)
    if (at === -1) return // In parentheses of its own: not read here.
    const { next } = readPath(nodes, at)
    const before = nodes[at - 1]
    const isCalled = nodes[next]?.kind === 'group' && !isWord(before, 'INTO')
    // SELECT … INTO makes the table.
    if (
      isCalled ||
      (isWord(before, 'INTO') && !isWord(nodes[0], 'INSERT') && !nodes.some(node => isWord(node, 'INSERT')))
    )
      return
    if (!isSure(path)) return
    const last = nodes[next - 1] as LeafNode
    const name = path.at(-1)!
    const inSchema = path.length === 1 ? index.relations.filter(one => one.visible) : index.within(path.slice(0, -1))
    const near = nearNames(name.toLowerCase(), [
      ...new Set([...inSchema.map(one => one.name), ...(path.length === 1 ? expressions.map(one => one.name) : [])]),
    ])
    found.push({ from: last.from, to: last.to, message: told(`There is no table “${path.join('.')}”`, near) })
  }

  function isKnown(path: readonly string[], expressions: readonly Source[]): boolean {
    const name = path.at(-1)!.toLowerCase()
    if (path.length === 1 && expressions.some(one => sameName(one.name, name))) return true
    return made.has(name) || index.find(path) !== undefined
  }

  /** Whether the schema would have it. */
  function isSure(path: readonly string[]): boolean {
    if (path.some(part => hidden.test(part) || part.startsWith('@') || /[./\\*:]/.test(part))) return false
    if (path.length === 1) return true
    const schema = path.at(-2)!
    return (
      path.length === 2 &&
      index.relations.some(one => one.catalog === undefined && !one.system && sameName(one.schema, schema))
    )
  }

  /** `alias.column` where the alias is a table whose columns are known. */
  function lookAtColumns(
    nodes: readonly ScriptNode[],
    sources: readonly Source[],
    expressions: readonly Source[],
  ): void {
    for (let at = 0; at < nodes.length; at++) {
      const qualifier = nodes[at]
      const column = nodes[at + 2]
      if (!isLeafName(qualifier) || !isSymbol(nodes[at + 1], '.') || !isLeafName(column)) continue
      const isPart = isSymbol(nodes[at - 1], '.') || isSymbol(nodes[at + 3], '.') || nodes[at + 3]?.kind === 'group'
      const isParameter = isSymbol(nodes[at - 1], ':') || isSymbol(nodes[at - 1], '@') || isSymbol(nodes[at - 1], '$')
      if (isPart || isParameter || sources.some(source => source.from === qualifier.from)) continue
      const source = sources.find(one => sameName(one.name, nameOf(qualifier)))
      const relation = source && tableOf(source, expressions)
      if (source === undefined || relation === undefined || source.columns.length === 0) continue
      const name = nameOf(column)
      if (hiddenColumns.has(name.toLowerCase()) || source.columns.some(one => sameName(one.name, name))) continue
      const near = nearNames(
        name.toLowerCase(),
        source.columns.map(one => one.name),
      )
      found.push({
        from: column.from,
        to: column.to,
        message: told(`“${relation.name}” has no column “${name}”`, near),
      })
    }
  }

  /** A word alone where only a column can stand, in a query that reads tables only of which all columns are known. */
  function lookAtBareColumns(
    nodes: readonly ScriptNode[],
    sources: readonly Source[],
    expressions: readonly Source[],
  ): void {
    const isAllKnown = sources.every(source => source.columns.length > 0 && tableOf(source, expressions) !== undefined)
    if (sources.length === 0 || !isAllKnown || nodes.some(node => isWord(node, ...rearranging))) return
    const aliases = new Set(
      nodes
        .filter((node, at) => isLeafName(node) && isOperand(nodes[at - 1]))
        .map(node => nameOf(node as LeafNode).toLowerCase()),
    )
    for (const [at, node] of nodes.entries()) {
      if (node.kind !== 'word' || !isColumnPlace(nodes, at)) continue
      const name = node.text.toLowerCase()
      if (words.has(name) || hiddenColumns.has(name) || aliases.has(name)) continue
      if (sources.some(source => sameName(source.name, name) || source.columns.some(one => sameName(one.name, name))))
        continue
      const near = nearNames(name, [...new Set(sources.flatMap(source => source.columns.map(one => one.name)))])
      found.push({ from: node.from, to: node.to, message: told(`No table here has a column “${node.text}”`, near) })
    }
  }

  function isOperand(node: ScriptNode | undefined): boolean {
    if (node === undefined) return false
    return isWord(node, 'AS', 'END') || node.kind !== 'symbol'
      ? !(node.kind === 'word' && words.has(node.text.toLowerCase()) && !isWord(node, 'AS', 'END'))
      : /^(?:\d+|\])$/.test(node.text)
  }

  function tableOf({ path }: Source, expressions: readonly Source[]): IndexedRelation | undefined {
    if (path === undefined || made.has(path.at(-1)!.toLowerCase())) return undefined
    if (path.length === 1 && expressions.some(one => sameName(one.name, path[0]!))) return undefined
    return index.find(path)
  }
}

/** Names of what a script creates, in small letters: CREATE … TABLE, VIEW, MACRO, FUNCTION and the like, SELECT … INTO, ATTACH … AS. */
export function madeNames(script: string): ReadonlySet<string> {
  const name = String.raw`(?:"[^"]+"|[\p{L}_][\p{L}\p{N}_$]*)`
  const path = String.raw`(${name}(?:\s*\.\s*${name})*)`
  const kinds = String.raw`(?:or\s+replace\s+)?(?:(?:global|local|temp|temporary|unlogged|external|foreign|virtual|materialized|recursive)\s+)*(?:table|view|macro|function|sequence|schema)\s+(?:if\s+not\s+exists\s+)?`
  const pattern = new RegExp(
    String.raw`\b(?:create\s+${kinds}|rename\s+to\s+|into\s+(?:temp|temporary|table)\s+|attach\s+[^;]*?\s+as\s+)${path}`,
    'giu',
  )
  const names = [...script.matchAll(pattern)].map(([, made = '']) => made.split('.').at(-1)!.trim().replaceAll('"', ''))
  return new Set(names.map(one => one.toLowerCase()))
}

/** What makes other columns of those that are there. */
const rearranging = 'PIVOT UNPIVOT MATCH_RECOGNIZE COLUMNS LATERAL'.split(' ')
const special =
  `user current_user session_user current_role current_catalog current_schema current_date current_time current_timestamp localtime localtimestamp
  true false null default all unknown`.split(/\s+/)

/** Words that mean something by themselves. */
function wordsOf({ dialect }: CompletionFacts): ReadonlySet<string> {
  const { keywords = '', types = '', builtin = '' } = dialect.grammar.spec
  const { vocabulary } = dialect
  const phrases = [keywords, types, builtin, ...vocabulary.keywords, ...vocabulary.types, ...special]
  return new Set(phrases.flatMap(phrase => phrase.toLowerCase().split(' ')))
}

const beforeColumns = 'SELECT DISTINCT WHERE AND OR BY SET HAVING'.split(' ')
const behindColumns = 'FROM AS IS IN LIKE ILIKE BETWEEN AND OR ASC DESC WHERE GROUP ORDER LIMIT HAVING UNION'.split(' ')

/** Narrow on purpose: what stands elsewhere may be something that is not known here. */
function isColumnPlace(nodes: readonly ScriptNode[], at: number): boolean {
  const [before, behind] = [nodes[at - 1], nodes[at + 1]]
  const opens = isWord(before, ...beforeColumns) || (isSymbol(before, ',') && isListed(nodes, at))
  const closes =
    behind === undefined ||
    isWord(behind, ...behindColumns) ||
    (behind.kind === 'symbol' && /^[,=<>+\-*/|]$/.test(behind.text))
  // `name := value` and `name => value` are arguments.
  return opens && closes && !(isSymbol(behind, '=') && isSymbol(nodes[at + 2], '>'))
}

/** Whether the comma before it is one between columns. */
function isListed(nodes: readonly ScriptNode[], at: number): boolean {
  const clause = nodes
    .slice(0, at)
    .findLast(node =>
      isWord(node, 'SELECT', 'FROM', 'JOIN', 'BY', 'SET', 'RETURNING', 'WITH', 'INTO', 'VALUES', 'WINDOW', 'OF'),
    )
  return isWord(clause, 'SELECT', 'BY', 'SET', 'RETURNING')
}

function told(what: string, near: readonly string[]): string {
  return near.length === 0 ? `${what}.` : `${what}. Is it ${near.map(name => `“${name}”`).join(' or ')}?`
}

function isLeafName(node: ScriptNode | undefined): node is LeafNode {
  return node?.kind === 'word' || node?.kind === 'name'
}
