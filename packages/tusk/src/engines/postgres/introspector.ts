import { readColumns } from '../../arrow/read-columns.ts'
import type { Connection } from '../../engine/connection.ts'
import type { Cancellable } from '../../engine/engine.ts'
import type { Introspector, Relation, RelationColumn, RelationName } from '../../engine/introspector.ts'
import type { TableDetails } from '../../engine/table-details.ts'
import { TuskError } from '../../errors.ts'
import { describeTable } from './describe-table.ts'

/** After this the catalog's session is closed; the next question opens it again. */
const idleMilliseconds = 60_000

/**
 * Reads the catalog in a session of its own, so that it neither waits for a running query nor shows up in the user's
 * transaction. There the search path is `pg_catalog` alone and views cannot be read: nothing of a user's can be executed.
 */
export class PostgresIntrospector implements Introspector, AsyncDisposable {
  readonly #open: (options: Cancellable) => Promise<Connection>
  #catalog: Promise<CatalogSession> | undefined
  #idle: NodeJS.Timeout | undefined
  #busy = 0

  constructor(open: (options: Cancellable) => Promise<Connection>) {
    this.#open = open
  }

  async relations(options: Cancellable = {}): Promise<readonly Relation[]> {
    const rows = await this.#ask(relationsQuery, [], options)
    return rows.map(([schema, name, kind, estimate, comment, system]) => ({
      schema: schema!,
      name: name!,
      kind: kinds.get(kind!) ?? 'table',
      ...(estimate == null ? {} : { rowEstimate: Number(estimate) }),
      ...(comment == null ? {} : { comment }),
      ...(system === 'true' ? { system: true } : {}),
    }))
  }

  async columns(relation: RelationName, options: Cancellable = {}): Promise<readonly RelationColumn[]> {
    const rows = await this.#ask(columnsQuery, [relation.schema, relation.name], options)
    if (rows.length === 0) {
      throw new TuskError('NOT_FOUND', `There is no relation ${relation.schema}.${relation.name}.`)
    }
    // A relation without columns is one row without a name.
    return rows.filter(([name]) => name !== null).map(columnOf)
  }

  async allColumns(limit: number, options: Cancellable = {}): Promise<ReadonlyMap<string, readonly RelationColumn[]>> {
    const rows = await this.#ask(allColumnsQuery, [String(limit)], options)
    const columns = new Map<string, RelationColumn[]>()
    for (const [schema, relation, ...row] of rows) {
      const key = `${schema}.${relation}`
      const list = columns.get(key) ?? []
      list.push(columnOf(row))
      columns.set(key, list)
    }
    return columns
  }

  table(relation: RelationName, options: Cancellable = {}): Promise<TableDetails> {
    return describeTable((sql, parameters) => this.#ask(sql, parameters, options), relation, kinds)
  }

  async searchPath(options: Cancellable = {}): Promise<readonly string[]> {
    const { searchPath } = await this.#session(options)
    return searchPath
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#idle)
    const catalog = this.#catalog
    this.#catalog = undefined
    // One that failed to open has nothing to close.
    const session = await catalog?.catch(() => undefined)
    await session?.connection[Symbol.asyncDispose]()
  }

  async #ask(sql: string, parameters: readonly string[], options: Cancellable): Promise<readonly Row[]> {
    this.#busy++
    clearTimeout(this.#idle)
    try {
      const { connection } = await this.#session(options)
      return await rowsOf(connection, sql, parameters, options)
    } catch (error) {
      if (TuskError.from(error).code !== 'CONNECTION_LOST') throw error
      // The session had died while it was idle; a new one is tried once.
      this.#catalog = undefined
      const { connection } = await this.#session(options)
      return await rowsOf(connection, sql, parameters, options)
    } finally {
      this.#busy--
      if (this.#busy === 0 && this.#catalog !== undefined) {
        this.#idle = setTimeout(() => void this[Symbol.asyncDispose](), idleMilliseconds).unref()
      }
    }
  }

  #session(options: Cancellable): Promise<CatalogSession> {
    this.#catalog ??= this.#openCatalog(options).catch((error: unknown) => {
      this.#catalog = undefined
      throw error
    })
    return this.#catalog
  }

  async #openCatalog(options: Cancellable): Promise<CatalogSession> {
    const connection = await this.#open(options)
    try {
      // Read before it is changed: what the user's sessions begin with.
      const [first] = await rowsOf(
        connection,
        'select pg_catalog.to_json(pg_catalog.current_schemas(false))::text',
        [],
        options,
      )
      await rowsOf(connection, closedDoors, [], options)
      return { connection, searchPath: JSON.parse(first?.[0] ?? '[]') as readonly string[] }
    } catch (error) {
      await connection[Symbol.asyncDispose]()
      throw error
    }
  }
}

interface CatalogSession {
  readonly connection: Connection
  readonly searchPath: readonly string[]
}

type Row = readonly (string | null)[]

async function rowsOf(
  connection: Connection,
  sql: string,
  parameters: readonly string[],
  options: Cancellable,
): Promise<readonly Row[]> {
  await using stream = await connection.query(sql, { ...options, parameters })
  const rows: Row[] = []
  for await (const batch of stream) {
    const columns = readColumns(batch)
    for (let row = 0; row < batch.rowCount; row++) rows.push(columns.map(column => column.text(row)))
  }
  return rows
}

/** The second setting is newer than some servers: it is set where it is known. */
const closedDoors = `select pg_catalog.set_config(s.name, v.value, false)
from (values ('search_path', 'pg_catalog'), ('restrict_nonsystem_relation_kind', 'view, foreign-table')) as v (name, value)
join pg_catalog.pg_settings s on s.name operator(pg_catalog.=) v.name`

const kinds: ReadonlyMap<string, Relation['kind']> = new Map([
  ['r', 'table'],
  ['v', 'view'],
  ['m', 'materialized view'],
  ['f', 'foreign table'],
  ['p', 'partitioned table'],
])

const isSystem = `(n.nspname in ('pg_catalog', 'information_schema'))`

/** Temporary and TOAST relations belong to sessions and to tables, not to the tree. */
const visible = `c.relkind in ('r', 'v', 'm', 'f', 'p') and n.nspname !~ '^pg_(toast|temp_|toast_temp_)'
  and has_schema_privilege(n.oid, 'USAGE') and has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')`

const relationsQuery = `select n.nspname::text, c.relname::text, c.relkind::text,
  case when c.reltuples >= 0 and c.relkind in ('r', 'm', 'p', 'f') then c.reltuples::bigint::text end,
  d.description, ${isSystem}::text
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
where ${visible}
order by ${isSystem}, n.nspname, c.relname`

/** Columns with their marks; `$where` picks the relations. A foreign key of several columns marks each with its partner. */
const columnList = `a.attname::text, format_type(a.atttypid, a.atttypmod), (not a.attnotnull)::text,
  case when a.attidentity <> '' then 'identity' else pg_get_expr(ad.adbin, ad.adrelid) end,
  exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary and a.attnum = any (i.indkey))::text,
  f.schema, f.name, f.column_name, d.description`

const columnJoins = `left join pg_attrdef ad on ad.adrelid = c.oid and ad.adnum = a.attnum
left join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = a.attnum
left join lateral (
  select fn.nspname::text as schema, fc.relname::text as name, fa.attname::text as column_name
  from pg_constraint k
  join pg_class fc on fc.oid = k.confrelid
  join pg_namespace fn on fn.oid = fc.relnamespace
  join pg_attribute fa on fa.attrelid = k.confrelid and fa.attnum = k.confkey[array_position(k.conkey, a.attnum)]
  where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey)
  order by cardinality(k.conkey), k.oid limit 1
) f on true`

const columnsQuery = `select ${columnList}
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
${columnJoins}
where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'v', 'm', 'f', 'p')
order by a.attnum`

const allColumnsQuery = `select n.nspname::text, c.relname::text, ${columnList}
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
${columnJoins}
where ${visible} and not ${isSystem}
order by n.nspname, c.relname, a.attnum
limit $1::bigint`

function columnOf([name, type, nullable, fallback, primaryKey, schema, table, column, comment]: Row): RelationColumn {
  return {
    name: name!,
    type: type!,
    nullable: nullable === 'true',
    ...(fallback == null ? {} : { default: fallback }),
    ...(primaryKey === 'true' ? { primaryKey: true } : {}),
    ...(table == null ? {} : { references: { schema: schema!, name: table, column: column! } }),
    ...(comment == null ? {} : { comment }),
  }
}
