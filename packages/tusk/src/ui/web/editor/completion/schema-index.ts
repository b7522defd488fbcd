import type { WireCompletion, WireRelation } from '../../../../wire.ts'

export type IndexedColumn = WireCompletion['columns'][string][number]

export interface IndexedRelation {
  readonly catalog: string | undefined
  readonly schema: string
  readonly name: string
  readonly kind: string
  readonly rowEstimate: number | undefined
  readonly comment: string | undefined
  /** Found without naming its schema. */
  readonly visible: boolean
  readonly system: boolean
}

/** Names of a database, looked up the way a person writes them: ignoring case, with or without the schema. */
export class SchemaIndex {
  readonly relations: readonly IndexedRelation[]
  readonly schemas: readonly string[]
  private readonly byName = new Map<string, IndexedRelation[]>()
  private readonly columnsByRelation: WireCompletion['columns']

  constructor(
    relations: readonly WireRelation[],
    searchPath: readonly string[],
    columns: WireCompletion['columns'] = {},
  ) {
    const path = new Set(searchPath)
    this.columnsByRelation = columns
    this.relations = relations.map(relation => ({
      catalog: relation.catalog,
      schema: relation.schema,
      name: relation.name,
      kind: relation.kind,
      rowEstimate: relation.rowEstimate,
      comment: relation.comment,
      visible: relation.catalog === undefined && path.has(relation.schema),
      system: relation.system === true,
    }))
    for (const relation of this.relations) {
      const key = relation.name.toLowerCase()
      const same = this.byName.get(key)
      if (same === undefined) this.byName.set(key, [relation])
      else same.push(relation)
    }
    for (const same of this.byName.values()) {
      same.sort((a, b) => rank(a, searchPath) - rank(b, searchPath))
    }
    this.schemas = [...new Set(this.relations.map(relation => relation.schema))]
  }

  static readonly empty = new SchemaIndex([], [])

  /** `['orders']`, `['public', 'orders']`, `['catalog', 'schema', 'orders']`; the search path decides between equals. */
  find(path: readonly string[]): IndexedRelation | undefined {
    const name = path.at(-1)
    if (name === undefined) return undefined
    const candidates = this.byName.get(name.toLowerCase())
    const qualifiers = path.slice(0, -1)
    return candidates?.find(relation => matches(relation, qualifiers))
  }

  /** Relations of the schema or attached database that `path` names. */
  within(path: readonly string[]): readonly IndexedRelation[] {
    return this.relations.filter(relation => matches(relation, path))
  }

  /** Schemas of an attached database. */
  schemasOf(catalog: string): readonly string[] {
    const wanted = catalog.toLowerCase()
    return [
      ...new Set(
        this.relations.filter(relation => relation.catalog?.toLowerCase() === wanted).map(relation => relation.schema),
      ),
    ]
  }

  columns(relation: IndexedRelation): readonly IndexedColumn[] {
    const key = `${relation.schema}.${relation.name}`
    return (
      (relation.catalog === undefined ? undefined : this.columnsByRelation[`${relation.catalog}.${key}`]) ??
      this.columnsByRelation[key] ??
      []
    )
  }
}

function matches(relation: IndexedRelation, qualifiers: readonly string[]): boolean {
  const [last, beforeLast] = [qualifiers.at(-1)?.toLowerCase(), qualifiers.at(-2)?.toLowerCase()]
  if (last === undefined) return true
  const inSchema = relation.schema.toLowerCase() === last
  const inCatalog = relation.catalog?.toLowerCase()
  if (beforeLast === undefined) return inSchema || inCatalog === last
  return inSchema && inCatalog === beforeLast
}

function rank(relation: IndexedRelation, searchPath: readonly string[]): number {
  if (relation.catalog !== undefined) return searchPath.length + 1
  const at = searchPath.indexOf(relation.schema)
  return at === -1 ? searchPath.length : at
}
