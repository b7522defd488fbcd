import { isBuiltin, type TypeFacts } from './types.ts'

const keptMilliseconds = 60_000

/** What the catalog said of types, kept for a minute: enums may grow, types may get other names. */
export class TypeCatalog {
  readonly #facts = new Map<string, TypeFacts>()
  #since = 0

  /** Facts of a type of a column, where they are known. Built-in types need none. */
  get(typeOid: number, typeModifier: number): TypeFacts | undefined {
    return this.#facts.get(key(typeOid, typeModifier))
  }

  unknown(columns: readonly { readonly typeOid: number; readonly typeModifier: number }[]): readonly AskedType[] {
    if (performance.now() - this.#since > keptMilliseconds) this.forget()
    const asked = new Map<string, AskedType>()
    for (const { typeOid, typeModifier } of columns) {
      const name = key(typeOid, typeModifier)
      if (!isBuiltin(typeOid) && !this.#facts.has(name)) asked.set(name, { typeOid, typeModifier })
    }
    return [...asked.values()]
  }

  /** Takes a row of `typeQuery`. */
  add(row: readonly (string | null)[]): void {
    const [oid, modifier, name, labels, geometry, itemOid, itemName, itemLabels, itemGeometry, itemBase] = row
    const item: TypeFacts = {
      name: itemName ?? '',
      ...(itemLabels == null ? {} : { labels: JSON.parse(itemLabels) as readonly string[] }),
      ...(itemGeometry === 'true' ? { geometry: true } : {}),
      ...(itemBase == null ? {} : { baseOid: Number(itemBase) }),
    }
    this.#facts.set(key(Number(oid), Number(modifier)), {
      name: name ?? `oid ${oid}`,
      ...(labels == null ? {} : { labels: JSON.parse(labels) as readonly string[] }),
      ...(geometry === 'true' ? { geometry: true } : {}),
      ...(itemOid == null ? {} : { itemOid: Number(itemOid), itemFacts: item }),
    })
  }

  /** After this session itself has changed a type. */
  forget(): void {
    this.#facts.clear()
    this.#since = performance.now()
  }
}

export interface AskedType {
  readonly typeOid: number
  readonly typeModifier: number
}

function key(typeOid: number, typeModifier: number): string {
  return `${typeOid}/${typeModifier}`
}

const labelsOf = (oid: string) => `(
  select pg_catalog.json_agg(e.enumlabel order by e.enumsortorder)::pg_catalog.text
  from pg_catalog.pg_enum e where e.enumtypid operator(pg_catalog.=) ${oid})`

const isGeometry = (
  type: string,
) => `${type}.typname operator(pg_catalog.=) any (array['geometry', 'geography']::pg_catalog.name[])
  and ${type}.typsend::pg_catalog.text operator(pg_catalog.~) '(geometry|geography)_send$'`

/**
 * Facts of the types in $1 (oids) with their modifiers in $2. Only true arrays have items. All names are qualified: it runs in
 * the user's session, whatever the search path is there.
 */
export const typeQuery = `select a.oid::pg_catalog.text, a.modifier::pg_catalog.text,
  pg_catalog.format_type(t.oid, a.modifier),
  case when t.typtype operator(pg_catalog.=) 'e' then ${labelsOf('t.oid')} end,
  (${isGeometry('t')})::pg_catalog.text,
  i.oid::pg_catalog.text, pg_catalog.format_type(i.oid, a.modifier),
  case when i.typtype operator(pg_catalog.=) 'e' then ${labelsOf('i.oid')} end,
  (${isGeometry('i')})::pg_catalog.text,
  case when i.typtype operator(pg_catalog.=) 'd' then i.typbasetype end::pg_catalog.text
from rows from (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.int4[])) as a (oid, modifier)
join pg_catalog.pg_type t on t.oid operator(pg_catalog.=) a.oid
left join pg_catalog.pg_type i on i.typarray operator(pg_catalog.=) t.oid`
