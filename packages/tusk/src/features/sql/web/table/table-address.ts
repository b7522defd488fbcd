import type { WireTableName } from '../../../../wire.ts'

/** A place of a table's page. */
export interface TablePlace {
  readonly connectionId: string
  readonly table: WireTableName
  readonly section?: string | undefined
  /** Rows that have these values: columns with exact texts. */
  readonly filter?: readonly { readonly column: string; readonly value: string }[] | undefined
}

/** The address of a table's page: for links, the schema tree and Ctrl+click in the editor. */
export function tableAddress({ connectionId, table, section, filter = [] }: TablePlace): string {
  const query = new URLSearchParams({ connection: connectionId, schema: table.schema, name: table.name })
  if (table.catalog !== undefined) query.set('catalog', table.catalog)
  if (section !== undefined && section !== 'data') query.set('section', section)
  if (filter.length > 0) query.set('filter', JSON.stringify(filter.map(({ column, value }) => [column, value])))
  return `/sql/tables?${query}`
}

/** What an address asks for; undefined when it names no table. */
export function placeOf(search: string): TablePlace | undefined {
  const query = new URLSearchParams(search)
  const [connectionId, schema, name] = [query.get('connection'), query.get('schema'), query.get('name')]
  if (!connectionId || !schema || !name) return undefined
  const catalog = query.get('catalog')
  return {
    connectionId,
    table: { ...(catalog === null ? {} : { catalog }), schema, name },
    section: query.get('section') ?? 'data',
    filter: filterOf(query.get('filter')),
  }
}

/** An address may be written by hand. */
function filterOf(text: string | null): NonNullable<TablePlace['filter']> {
  if (text === null) return []
  try {
    const pairs: unknown = JSON.parse(text)
    if (!Array.isArray(pairs)) return []
    return pairs.flatMap((pair: unknown) =>
      Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string'
        ? [{ column: pair[0], value: pair[1] }]
        : [],
    )
  } catch {
    return []
  }
}
