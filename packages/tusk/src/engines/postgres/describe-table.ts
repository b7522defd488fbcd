import type { Relation, RelationName } from '../../engine/introspector.ts'
import type { ForeignKey, TableColumn, TableDetails, TableKey } from '../../engine/table-details.ts'
import { TuskError } from '../../errors.ts'
import { tableDdl } from './table-ddl.ts'

/** Asks the catalog in a session whose search path is `pg_catalog` alone. */
export type AskCatalog = (
  sql: string,
  parameters: readonly string[],
) => Promise<readonly (readonly (string | null)[])[]>

/** One relation, of pg_class, pg_attribute, pg_index, pg_constraint, pg_trigger and the ACLs. Nothing of a user's is executed. */
export async function describeTable(
  ask: AskCatalog,
  { schema, name }: RelationName,
  kinds: ReadonlyMap<string, Relation['kind']>,
): Promise<TableDetails> {
  const [head] = await ask(headQuery, [schema, name])
  if (head === undefined) throw new TuskError('NOT_FOUND', `There is no relation ${schema}.${name}.`)
  const [oid, kindCode, comment, estimate, tableBytes, indexBytes, insert, update, remove, viewText, partition] = head
  const json = async <T>(sql: string): Promise<T> => {
    const [row] = await ask(sql, [oid!])
    return JSON.parse(row?.[0] ?? '[]') as T
  }
  const columns = (await json<readonly RawColumn[]>(columnsQuery)).map(columnOf)
  const keys = await json<readonly TableKey[]>(keysQuery)
  const indexes = await json<TableDetails['indexes']>(indexesQuery)
  const all = await json<readonly RawConstraint[]>(constraintsQuery)
  const foreignKeys = (await json<readonly RawForeignKey[]>(foreignKeysQuery('k.conrelid'))).map(foreignKeyOf)
  const referencedBy = (await json<readonly RawForeignKey[]>(foreignKeysQuery('k.confrelid'))).map(foreignKeyOf)
  const triggers = await json<TableDetails['triggers']>(triggersQuery)
  const grants = await json<TableDetails['grants']>(grantsQuery)
  const kind = kinds.get(kindCode!) ?? 'table'
  const isView = kind === 'view'
  return {
    schema,
    name,
    kind,
    ...(comment == null ? {} : { comment }),
    ...(estimate == null ? {} : { rowEstimate: Number(estimate) }),
    columns,
    keys,
    indexes,
    constraints: all
      .filter(({ kind: type }) => type === 'c' || type === 'x')
      .map(({ name: constraint, definition }) => ({ name: constraint, definition })),
    foreignKeys,
    referencedBy,
    triggers,
    grants,
    ...(isView || tableBytes == null ? {} : { bytes: { table: Number(tableBytes), indexes: Number(indexBytes) } }),
    ddl: tableDdl({
      schema,
      name,
      kind,
      comment: comment ?? undefined,
      columns,
      constraints: all.filter(({ kind: type }) => type !== 'n' && type !== 't'),
      indexes: indexes.filter(({ ofKey }) => ofKey !== true).map(({ definition }) => definition),
      triggers: triggers.map(({ definition }) => definition),
      viewText: viewText ?? undefined,
      partition: partition ?? undefined,
    }),
    may: { insert: insert === 'true', update: update === 'true', delete: remove === 'true' },
    missing: isView
      ? {
          keys: 'A view has no keys of its own.',
          indexes: 'A view has no indexes; its tables have.',
          constraints: 'A view has no constraints.',
          size: 'A view keeps no rows.',
        }
      : {},
  }
}

interface RawColumn {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly expression: string | null
  readonly generated: string
  readonly identity: string
  readonly primary: boolean
  readonly comment: string | null
  readonly may: boolean
}

interface RawConstraint {
  readonly name: string
  readonly kind: string
  readonly definition: string
}

interface RawForeignKey {
  readonly name: string
  readonly table: RelationName
  readonly columns: readonly string[]
  readonly references: RelationName & { readonly columns: readonly string[] }
  readonly update: string
  readonly delete: string
}

function columnOf({
  name,
  type,
  nullable,
  expression,
  generated,
  identity,
  primary,
  comment,
  may,
}: RawColumn): TableColumn {
  const isGenerated = generated !== ''
  return {
    name,
    type,
    nullable,
    ...(expression === null || isGenerated ? {} : { default: expression }),
    ...(expression === null || !isGenerated ? {} : { generated: expression }),
    ...(identity === '' ? {} : { identity: identity === 'a' ? 'always' : 'default' }),
    ...(primary ? { primaryKey: true } : {}),
    ...(comment === null ? {} : { comment }),
    mayUpdate: may,
  }
}

function foreignKeyOf({ name, table, columns, references, update, delete: remove }: RawForeignKey): ForeignKey {
  return {
    name,
    table,
    columns,
    references,
    ...(actions[update] === undefined ? {} : { onUpdate: actions[update] }),
    ...(actions[remove] === undefined ? {} : { onDelete: actions[remove] }),
  }
}

const actions: Readonly<Record<string, string>> = { r: 'RESTRICT', c: 'CASCADE', n: 'SET NULL', d: 'SET DEFAULT' }

const headQuery = `select c.oid::text, c.relkind::text, obj_description(c.oid, 'pg_class'),
  case when c.reltuples >= 0 and c.relkind in ('r', 'm', 'p', 'f') then c.reltuples::bigint::text end,
  case when c.relkind in ('r', 'm', 'p') then pg_table_size(c.oid)::text end,
  case when c.relkind in ('r', 'm', 'p') then pg_indexes_size(c.oid)::text end,
  has_any_column_privilege(c.oid, 'INSERT')::text, has_any_column_privilege(c.oid, 'UPDATE')::text,
  has_table_privilege(c.oid, 'DELETE')::text,
  case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid, true) end,
  case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'v', 'm', 'f', 'p')`

const columnsQuery = `select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
  'nullable', not a.attnotnull, 'expression', pg_get_expr(ad.adbin, ad.adrelid), 'generated', a.attgenerated::text,
  'identity', a.attidentity::text, 'comment', col_description(a.attrelid, a.attnum),
  'primary', exists (select from pg_index i where i.indrelid = a.attrelid and i.indisprimary and a.attnum = any (i.indkey)),
  'may', has_column_privilege(a.attrelid, a.attnum, 'UPDATE')) order by a.attnum)::text
from pg_attribute a
left join pg_attrdef ad on ad.adrelid = a.attrelid and ad.adnum = a.attnum
where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped`

/** Of unique indexes: those of constraints and those that were made by themselves. */
const keysQuery = `select json_agg(json_build_object('name', c.relname, 'primary', i.indisprimary, 'columns', k.columns, 'nullable', k.nullable)
  order by i.indisprimary desc, c.relname)::text
from pg_index i
join pg_class c on c.oid = i.indexrelid
cross join lateral (
  select array_agg(a.attname order by p.at) as columns, bool_or(not a.attnotnull) as nullable
  from unnest(i.indkey::int2[]) with ordinality as p (attnum, at)
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = p.attnum
  where p.at <= i.indnkeyatts
) k
where i.indrelid = $1::oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null`

const indexesQuery = `select json_agg(json_build_object('name', c.relname, 'definition', pg_get_indexdef(i.indexrelid),
  'unique', i.indisunique, 'valid', i.indisvalid, 'bytes', pg_relation_size(i.indexrelid),
  'ofKey', exists (select from pg_constraint k where k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')))
  order by c.relname)::text
from pg_index i join pg_class c on c.oid = i.indexrelid
where i.indrelid = $1::oid`

const constraintsQuery = `select json_agg(json_build_object('name', k.conname, 'kind', k.contype::text,
  'definition', pg_get_constraintdef(k.oid, true)) order by position(k.contype::text in 'pucxfnt'), k.conname)::text
from pg_constraint k where k.conrelid = $1::oid`

/** Those of partitions are those of their table. */
function foreignKeysQuery(side: 'k.conrelid' | 'k.confrelid'): string {
  return `select json_agg(json_build_object('name', k.conname,
  'table', json_build_object('schema', n.nspname, 'name', c.relname),
  'columns', (select json_agg(a.attname order by p.at) from unnest(k.conkey) with ordinality as p (attnum, at)
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.attnum),
  'references', json_build_object('schema', fn.nspname, 'name', fc.relname, 'columns',
    (select json_agg(a.attname order by p.at) from unnest(k.confkey) with ordinality as p (attnum, at)
    join pg_attribute a on a.attrelid = k.confrelid and a.attnum = p.attnum)),
  'update', k.confupdtype::text, 'delete', k.confdeltype::text) order by n.nspname, c.relname, k.conname)::text
from pg_constraint k
join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
join pg_class fc on fc.oid = k.confrelid join pg_namespace fn on fn.oid = fc.relnamespace
where ${side} = $1::oid and k.contype = 'f' and k.conparentid = 0`
}

const triggersQuery = `select json_agg(json_build_object('name', t.tgname, 'definition', pg_get_triggerdef(t.oid, true),
  'enabled', t.tgenabled <> 'D') order by t.tgname)::text
from pg_trigger t where t.tgrelid = $1::oid and not t.tgisinternal`

const grantsQuery = `select json_agg(json_build_object('grantee', g.grantee, 'privileges', g.privileges, 'column', g.column_name,
  'grantable', g.grantable) order by g.column_name nulls first, g.grantee)::text
from (
  select case when x.grantee = 0 then 'PUBLIC' else pg_get_userbyid(x.grantee)::text end as grantee, null::text as column_name,
    array_agg(x.privilege_type order by x.privilege_type) as privileges, x.is_grantable as grantable
  from pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x
  where c.oid = $1::oid group by x.grantee, x.is_grantable
  union all
  select case when x.grantee = 0 then 'PUBLIC' else pg_get_userbyid(x.grantee)::text end, a.attname::text,
    array_agg(x.privilege_type order by x.privilege_type), x.is_grantable
  from pg_attribute a, aclexplode(a.attacl) x
  where a.attrelid = $1::oid and not a.attisdropped group by x.grantee, a.attname, x.is_grantable
) g`
