import type { ApiError } from '../../../ui/web/api.ts'
import type { WireColumn, WireRelation } from '../../../wire.ts'
import { type ConnectionSchema, relationKey } from './catalog.ts'

/** A line of the schema tree as it is shown. */
export type TreeRow =
  | {
      readonly kind: 'schema'
      readonly key: string
      readonly level: 1
      readonly name: string
      readonly open: boolean
      readonly count: number
    }
  | {
      readonly kind: 'relation'
      readonly key: string
      readonly level: 2
      readonly relation: WireRelation
      readonly open: boolean
      readonly match: string
    }
  | {
      readonly kind: 'column'
      readonly key: string
      readonly level: 3
      readonly relation: WireRelation
      readonly column: WireColumn
      readonly match: string
    }
  | { readonly kind: 'loading'; readonly key: string; readonly level: 1 | 3 }
  | {
      readonly kind: 'failed'
      readonly key: string
      readonly level: 1 | 3
      readonly failure: ApiError
      readonly relation?: WireRelation
    }
  | { readonly kind: 'empty'; readonly key: string; readonly level: 1 | 3; readonly text: string }

export interface TreeView {
  /** Keys of schemas and relations that are open; a schema is open at first when it is on the search path. */
  readonly toggled: ReadonlySet<string>
  readonly search: string
  readonly showSystem: boolean
}

/** The rows of the tree, top to bottom. Pure: 5,000 tables take a few milliseconds. */
export function treeRows(schema: ConnectionSchema, view: TreeView): readonly TreeRow[] {
  const { relations } = schema
  if (relations.state === 'failed') return [{ kind: 'failed', key: 'failed', level: 1, failure: relations.failure }]
  const known = relations.state === 'idle' ? undefined : relations.value
  if (known === undefined) return [{ kind: 'loading', key: 'loading', level: 1 }]
  const search = view.search.trim().toLowerCase()
  const rows: TreeRow[] = []
  for (const [name, members] of schemasOf(known.relations, known.searchPath, view.showSystem)) {
    const shown = search === '' ? members : members.filter(relation => matches(relation, schema, search))
    if (search !== '' && shown.length === 0) continue
    const key = schemaKey(name)
    const open = search !== '' || known.searchPath.includes(name) !== view.toggled.has(key)
    rows.push({ kind: 'schema', key, level: 1, name, open, count: shown.length })
    if (open) for (const relation of shown) pushRelation(rows, schema, relation, view, search)
  }
  if (rows.length > 0) return rows
  const text = search === '' ? 'No tables here yet' : `Nothing is called “${view.search.trim()}”`
  return [{ kind: 'empty', key: 'empty', level: 1, text }]
}

export function schemaKey(name: string): string {
  return `schema ${name}`
}

/** The place of the row that `key` names, or of its nearest parent that is there. */
export function rowIndex(rows: readonly TreeRow[], key: string): number {
  return rows.findIndex(row => row.key === key)
}

export function parentIndex(rows: readonly TreeRow[], index: number): number {
  const level = rows[index]?.level ?? 1
  let at = index - 1
  while (at >= 0 && rows[at]!.level >= level) at--
  return at
}

/** The next row, from `start` on and around, whose name begins with what was typed. */
export function typeAhead(rows: readonly TreeRow[], start: number, typed: string): number {
  const wanted = typed.toLowerCase()
  for (let step = 0; step < rows.length; step++) {
    const at = (start + step) % rows.length
    if (rowName(rows[at]!).toLowerCase().startsWith(wanted)) return at
  }
  return -1
}

export function rowName(row: TreeRow): string {
  if (row.kind === 'schema') return row.name
  if (row.kind === 'relation') return row.relation.name
  return row.kind === 'column' ? row.column.name : ''
}

function pushRelation(
  rows: TreeRow[],
  schema: ConnectionSchema,
  relation: WireRelation,
  view: TreeView,
  search: string,
): void {
  const id = relationKey(relation)
  const columns = schema.columns.get(id)
  const found =
    search !== '' &&
    columns?.state === 'ready' &&
    columns.value.some(column => column.name.toLowerCase().includes(search))
  const byColumn = found && !relation.name.toLowerCase().includes(search)
  const open = view.toggled.has(id) || byColumn
  rows.push({ kind: 'relation', key: id, level: 2, relation, open, match: search })
  if (!open) return
  const key = (suffix: string): string => `${id} ${suffix}`
  if (columns === undefined || columns.state === 'idle' || columns.state === 'loading') {
    rows.push({ kind: 'loading', key: key('loading'), level: 3 })
  } else if (columns.state === 'failed') {
    rows.push({ kind: 'failed', key: key('failed'), level: 3, failure: columns.failure, relation })
  } else if (columns.value.length === 0) {
    rows.push({ kind: 'empty', key: key('empty'), level: 3, text: 'No columns' })
  } else {
    for (const column of columns.value) {
      if (byColumn && !column.name.toLowerCase().includes(search)) continue
      rows.push({ kind: 'column', key: key(column.name), level: 3, relation, column, match: search })
    }
  }
}

function matches(relation: WireRelation, schema: ConnectionSchema, search: string): boolean {
  if (relation.name.toLowerCase().includes(search)) return true
  if (`${relation.schema}.${relation.name}`.toLowerCase().includes(search)) return true
  const columns = schema.columns.get(relationKey(relation))
  return columns?.state === 'ready' && columns.value.some(column => column.name.toLowerCase().includes(search))
}

/** Schemas with what is in them: the search path first, then by name, system ones last. */
function schemasOf(
  relations: readonly WireRelation[],
  searchPath: readonly string[],
  showSystem: boolean,
): ReadonlyMap<string, readonly WireRelation[]> {
  const members = new Map<string, WireRelation[]>()
  for (const relation of relations) {
    if (relation.system === true && !showSystem) continue
    const name = relation.catalog === undefined ? relation.schema : `${relation.catalog}.${relation.schema}`
    const list = members.get(name)
    if (list === undefined) members.set(name, [relation])
    else list.push(relation)
  }
  const rank = (name: string, list: readonly WireRelation[]): number => {
    const at = searchPath.indexOf(name)
    return at === -1 ? searchPath.length + (list[0]?.system === true ? 1 : 0) : at
  }
  const order = [...members].sort(([a, inA], [b, inB]) => rank(a, inA) - rank(b, inB) || byName.compare(a, b))
  for (const [, list] of order) list.sort((a, b) => byName.compare(a.name, b.name))
  return new Map(order)
}

const byName = new Intl.Collator('en', { numeric: true })
