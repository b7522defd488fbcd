import type { CompletionFacts } from '../completion/completion-source.ts'
import type { IndexedRelation } from '../completion/schema-index.ts'
import { insertTarget, sourcesAround } from '../completion/scope.ts'
import {
  groupsAround,
  isSymbol,
  type LeafNode,
  nameOf,
  readNodes,
  type ScriptNode,
} from '../completion/script-nodes.ts'
import { type ColumnsOf, type Source, type SourceColumn, sameName } from '../completion/sources.ts'

/** What a name in a statement stands for. */
export interface NamedObject {
  /** Offsets of the name in the statement. */
  readonly from: number
  readonly to: number
  /** The table; of a column the one that has it. Absent: the column is of an expression or a sub-select. */
  readonly relation?: IndexedRelation
  readonly column?: SourceColumn
}

/** What the name at a place of a statement stands for, as far as the schema tells; undefined for what is no name of a table or column. */
export function objectAt(statement: string, place: number, facts: CompletionFacts): NamedObject | undefined {
  const root = readNodes(statement, -1)?.root
  if (root === undefined) return undefined
  const around = groupsAround(root, place)
  const { nodes } = around.at(-1)!
  const at = nodes.findIndex(node => isName(node) && node.from <= place && place <= node.to)
  const leaf = nodes[at]
  if (leaf === undefined || !isName(leaf)) return undefined
  const path = [nameOf(leaf)]
  let first: LeafNode = leaf
  for (let back = at; isSymbol(nodes[back - 1], '.'); back -= 2) {
    const before = nodes[back - 2]
    if (before === undefined || !isName(before)) return undefined
    path.unshift(nameOf(before))
    first = before
  }
  const { index } = facts
  const columnsOf: ColumnsOf = known => {
    const relation = index.find(known)
    return relation === undefined ? [] : index.columns(relation)
  }
  const { sources, expressions } = sourcesAround(around, first.from, columnsOf)
  const found = { from: leaf.from, to: leaf.to }
  const relationOf = (source: Source): IndexedRelation | undefined =>
    source.path === undefined ||
    (source.path.length === 1 && expressions.some(one => sameName(one.name, source.path![0]!)))
      ? undefined
      : index.find(source.path)
  const relation = (known: IndexedRelation | undefined): NamedObject | undefined =>
    known === undefined ? undefined : { ...found, relation: known }
  const columnIn = (source: Source, name: string): NamedObject | undefined => {
    const column = source.columns.find(one => sameName(one.name, name))
    const owner = relationOf(source)
    return column && { ...found, column, ...(owner === undefined ? {} : { relation: owner }) }
  }

  const read = sources.find(source => source.from === first.from && source.path !== undefined)
  if (read !== undefined) return read.path!.length === path.length ? relation(relationOf(read)) : undefined
  const parent = around.at(-2)
  const target = parent && insertTarget(parent, around.at(-1)!)
  const written = target && index.find(target)
  if (written !== undefined) return columnIn({ name: '', path: target!, columns: index.columns(written) }, path[0]!)
  const name = path.at(-1)!
  const qualifier = path.at(-2)
  if (qualifier !== undefined) {
    const source = sources.find(one => sameName(one.name, qualifier))
    return source === undefined ? undefined : columnIn(source, name)
  }
  const alias = sources.find(source => sameName(source.name, name))
  if (alias !== undefined && isSymbol(nodes[at + 1], '.')) return relation(relationOf(alias))
  if (nodes[at + 1]?.kind === 'group') return undefined // A function.
  for (const source of sources) {
    const column = columnIn(source, name)
    if (column !== undefined) return column
  }
  return alias && relation(relationOf(alias))
}

function isName(node: ScriptNode): node is LeafNode {
  return node.kind === 'word' || node.kind === 'name'
}
