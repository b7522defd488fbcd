import { type GroupNode, isSymbol, isWord, type LeafNode, nameOf, type ScriptNode } from './script-nodes.ts'

export interface SourceColumn {
  readonly name: string
  readonly type: string
}

/** Something a query reads from or writes to: a table, a common table expression, a sub-select. */
export interface Source {
  /** What its columns are qualified with: the alias or the name. */
  readonly name: string
  /** As written; absent for a sub-select. */
  readonly path?: readonly string[]
  readonly columns: readonly SourceColumn[]
  /** Where it stands in the statement; absent for expressions of WITH. */
  readonly from?: number
}

/** Columns of a relation of the database; none when it is not known. */
export type ColumnsOf = (path: readonly string[]) => readonly SourceColumn[]

const notAliases = new Set(
  `WHERE JOIN LEFT RIGHT FULL INNER OUTER CROSS NATURAL ON USING GROUP ORDER HAVING LIMIT OFFSET FETCH UNION INTERSECT EXCEPT WINDOW SET VALUES
  RETURNING SELECT FROM QUALIFY TABLESAMPLE FOR AS ASOF ANTI SEMI POSITIONAL PIVOT UNPIVOT WHEN DEFAULT DO WITH LATERAL INDEXED NOT ADD DROP
  ALTER RENAME MATCHED THEN AND OR`.split(/\s+/),
)
const branchWords = ['UNION', 'INTERSECT', 'EXCEPT']
const listEnd = `FROM WHERE GROUP ORDER HAVING LIMIT OFFSET UNION INTERSECT EXCEPT WINDOW QUALIFY FETCH FOR`.split(' ')
const depthLimit = 24

/** Common table expressions that `WITH` on this level names; each sees those before it and `outer`. */
export function readExpressions(
  nodes: readonly ScriptNode[],
  outer: readonly Source[],
  columnsOf: ColumnsOf,
  depth = 0,
): readonly Source[] {
  const known = [...outer]
  const found: Source[] = []
  for (let at = 0; at < nodes.length; at++) {
    if (!isWord(nodes[at], 'WITH')) continue
    at++
    if (isWord(nodes[at], 'RECURSIVE')) at++
    for (;;) {
      const name = nodes[at]
      if (name === undefined || (name.kind !== 'word' && name.kind !== 'name')) break
      at++
      let names: readonly string[] | undefined
      const list = nodes[at]
      if (list?.kind === 'group') {
        names = columnNames(list)
        at++
      }
      if (!isWord(nodes[at], 'AS')) break
      at++
      while (isWord(nodes[at], 'NOT', 'MATERIALIZED')) at++
      const body = nodes[at]
      if (body?.kind !== 'group') break
      at++
      const outputs = readOutputs(body.nodes, known, columnsOf, depth + 1)
      const source: Source = { name: nameOf(name), columns: renamed(outputs, names) }
      known.push(source)
      found.push(source)
      if (!isSymbol(nodes[at], ',')) break
      at++
    }
  }
  return found
}

/** Tables, expressions and sub-selects that this level reads from or writes to. */
export function readSources(
  nodes: readonly ScriptNode[],
  expressions: readonly Source[],
  columnsOf: ColumnsOf,
  depth = 0,
): readonly Source[] {
  if (depth > depthLimit) return []
  const sources: Source[] = []
  const indexStatement = isWord(nodes[0], 'CREATE') && nodes.slice(1, 3).some(node => isWord(node, 'INDEX'))
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at]
    const before = nodes[at - 1]
    const list = (isWord(node, 'FROM') && !isWord(before, 'DISTINCT')) || isWord(node, 'USING')
    const single =
      isWord(node, 'JOIN', 'INTO', 'TABLE') ||
      (isWord(node, 'UPDATE') && !isWord(before, 'FOR', 'DO', 'ON')) ||
      (indexStatement && isWord(node, 'ON'))
    if (!list && !single) continue
    if (isWord(node, 'USING') && nodes[at + 1]?.kind === 'group') continue
    let next = at + 1
    for (;;) {
      next = readReference(nodes, next, expressions, columnsOf, depth, sources)
      if (!list || !isSymbol(nodes[next], ',')) break
      next++
    }
    at = next - 1
  }
  return sources
}

/** Splits a level at UNION, INTERSECT and EXCEPT. */
export function branches(nodes: readonly ScriptNode[]): readonly (readonly ScriptNode[])[] {
  const parts: ScriptNode[][] = [[]]
  for (const node of nodes) {
    if (isWord(node, ...branchWords)) parts.push([])
    else parts.at(-1)!.push(node)
  }
  return parts
}

function readReference(
  nodes: readonly ScriptNode[],
  start: number,
  expressions: readonly Source[],
  columnsOf: ColumnsOf,
  depth: number,
  into: Source[],
): number {
  let at = start
  while (isWord(nodes[at], 'ONLY', 'LATERAL', 'IF', 'NOT', 'EXISTS')) at++
  const isResult = isSymbol(nodes[at], '@')
  if (isResult) at++
  const first = nodes[at]
  let path: readonly string[] | undefined
  let columns: readonly SourceColumn[] = []
  if (first?.kind === 'group') {
    at++
    if (!isQuery(first)) {
      const from: LeafNode = { kind: 'word', text: 'FROM', from: first.from, to: first.from }
      into.push(...readSources([from, ...first.nodes], expressions, columnsOf, depth + 1))
      return at
    }
    columns = readOutputs(first.nodes, expressions, columnsOf, depth + 1)
  } else {
    const read = readPath(nodes, at)
    if (read.path.length === 0) return at
    path = isResult ? [`@${read.path[0]}`] : read.path
    at = read.next
    if (nodes[at]?.kind === 'group' && !isWord(nodes[start - 1], 'INTO', 'ON')) at++
    else columns = columnsNamed(path, expressions, columnsOf)
  }
  if (isWord(nodes[at], 'AS')) at++
  const alias = nodes[at]
  let name = path?.at(-1)?.replace(/^@/, '') ?? ''
  if (alias?.kind === 'name' || (alias?.kind === 'word' && !notAliases.has(alias.text.toUpperCase()))) {
    name = nameOf(alias)
    at++
    const list = nodes[at]
    if (list?.kind === 'group' && !isWord(nodes[start - 1], 'INTO', 'ON')) {
      columns = renamed(columns, columnNames(list))
      at++
    }
  }
  into.push({ name, columns, from: first!.from, ...(path === undefined ? {} : { path }) })
  return at
}

/** A dotted name beginning at `at`. */
export function readPath(
  nodes: readonly ScriptNode[],
  at: number,
): { readonly path: readonly string[]; readonly next: number } {
  const path: string[] = []
  let next = at
  for (;;) {
    const node = nodes[next]
    if (
      node?.kind !== 'name' &&
      (node?.kind !== 'word' || (path.length === 0 && notAliases.has(node.text.toUpperCase())))
    )
      break
    path.push(nameOf(node))
    next++
    if (!isSymbol(nodes[next], '.')) break
    next++
  }
  return { path, next }
}

function columnsNamed(
  path: readonly string[],
  expressions: readonly Source[],
  columnsOf: ColumnsOf,
): readonly SourceColumn[] {
  if (path.length === 1) {
    const expression = expressions.findLast(source => sameName(source.name, path[0]!))
    if (expression !== undefined) return expression.columns
  }
  return columnsOf(path)
}

/** Names of the columns that a query gives. */
function readOutputs(
  nodes: readonly ScriptNode[],
  outer: readonly Source[],
  columnsOf: ColumnsOf,
  depth: number,
): readonly SourceColumn[] {
  if (depth > depthLimit) return []
  const expressions = [...outer, ...readExpressions(nodes, outer, columnsOf, depth)]
  const branch = branches(nodes).find(part => part.some(node => isWord(node, 'SELECT', 'RETURNING', 'FROM'))) ?? []
  const start = branch.findLastIndex(node => isWord(node, 'SELECT', 'RETURNING'))
  const sources = readSources(branch, expressions, columnsOf, depth)
  if (start === -1) return sources.flatMap(source => source.columns)
  const end = branch.findIndex((node, index) => index > start && isWord(node, ...listEnd))
  const list = branch.slice(start + 1, end === -1 ? undefined : end)
  return listItems(list).flatMap(item => outputOf(item, sources))
}

function listItems(nodes: readonly ScriptNode[]): readonly (readonly ScriptNode[])[] {
  const items: ScriptNode[][] = [[]]
  for (const node of nodes) {
    if (isSymbol(node, ',')) items.push([])
    else if (items.at(-1)!.length > 0 || !isWord(node, 'DISTINCT', 'ALL')) items.at(-1)!.push(node)
  }
  return items
}

function outputOf(item: readonly ScriptNode[], sources: readonly Source[]): readonly SourceColumn[] {
  const last = item.at(-1)
  if (isSymbol(last, '*')) {
    const qualifier = item.length > 2 && isSymbol(item.at(-2), '.') ? item.at(-3) : undefined
    if (item.length === 1) return sources.flatMap(source => source.columns)
    if (qualifier?.kind !== 'word' && qualifier?.kind !== 'name') return []
    return sources.find(source => sameName(source.name, nameOf(qualifier)))?.columns ?? []
  }
  const { path, next } = readPath(item, 0)
  if (path.length > 0 && next === item.length) {
    const among = path.length > 1 ? sources.filter(source => sameName(source.name, path.at(-2)!)) : sources
    const column = among.flatMap(source => source.columns).find(candidate => sameName(candidate.name, path.at(-1)!))
    return [column ?? { name: path.at(-1)!, type: '' }]
  }
  if (last?.kind === 'name' || last?.kind === 'word') {
    return isWord(last, 'END', 'NULL') ? [] : [{ name: nameOf(last), type: '' }]
  }
  const called = path.length > 0 && item[next]?.kind === 'group' && next + 1 === item.length
  return called ? [{ name: path.at(-1)!, type: '' }] : []
}

function isQuery(group: GroupNode): boolean {
  return (
    isWord(group.nodes[0], 'SELECT', 'WITH', 'VALUES', 'FROM', 'INSERT', 'UPDATE', 'DELETE') ||
    (group.nodes[0]?.kind === 'group' && isQuery(group.nodes[0]))
  )
}

function columnNames(list: GroupNode): readonly string[] {
  return list.nodes.flatMap((node, index) =>
    (node.kind === 'word' || node.kind === 'name') && (index === 0 || isSymbol(list.nodes[index - 1], ','))
      ? [nameOf(node)]
      : [],
  )
}

function renamed(columns: readonly SourceColumn[], names: readonly string[] | undefined): readonly SourceColumn[] {
  if (names === undefined) return columns
  const all = names.map((name, index) => ({ name, type: columns[index]?.type ?? '' }))
  return [...all, ...columns.slice(names.length)]
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
