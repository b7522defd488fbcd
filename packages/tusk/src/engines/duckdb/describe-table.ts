import { duckdbDialect, duckdbRules } from '../../dialect/duckdb.ts'
import { placedWords } from '../../dialect/words.ts'
import type { RelationColumn, RelationName } from '../../engine/introspector.ts'
import type { ForeignKey, TableColumn, TableDetails, TableKey } from '../../engine/table-details.ts'
import { TuskError } from '../../errors.ts'

export type AskCatalog = (sql: string) => Promise<readonly (readonly (string | null)[])[]>

/** One relation, of duckdb_tables(), duckdb_views(), duckdb_constraints() and duckdb_indexes(). */
export async function describeTable(
  ask: AskCatalog,
  relation: RelationName,
  columns: readonly RelationColumn[],
): Promise<TableDetails> {
  const literal = duckdbDialect.quoteLiteral
  const database = relation.catalog === undefined ? 'current_database()' : literal(relation.catalog)
  const inSchema = `database_name = ${database} AND schema_name = ${literal(relation.schema)}`
  const here = `${inSchema} AND table_name = ${literal(relation.name)}`
  const [head] = await ask(
    `SELECT 'table', sql, estimated_size::VARCHAR, comment FROM duckdb_tables() WHERE ${here}
     UNION ALL SELECT 'view', sql, NULL, comment FROM duckdb_views() WHERE ${inSchema} AND view_name = ${literal(relation.name)}`,
  )
  if (head === undefined)
    throw new TuskError('NOT_FOUND', `There is no table or view “${relation.schema}.${relation.name}” any more.`)
  const [kind, ddl, estimate, comment] = head
  const constraints = await ask(
    `SELECT constraint_type, constraint_text, to_json(constraint_column_names)::VARCHAR, referenced_table,
            to_json(referenced_column_names)::VARCHAR, constraint_name
       FROM duckdb_constraints() WHERE ${here} ORDER BY constraint_index`,
  )
  const incoming = await ask(
    `SELECT schema_name, table_name, to_json(constraint_column_names)::VARCHAR, to_json(referenced_column_names)::VARCHAR, constraint_name
       FROM duckdb_constraints() WHERE ${inSchema} AND constraint_type = 'FOREIGN KEY' AND referenced_table = ${literal(relation.name)}
      ORDER BY schema_name, table_name, constraint_index`,
  )
  const indexes = await ask(
    `SELECT index_name, sql, is_unique::VARCHAR, is_primary::VARCHAR FROM duckdb_indexes() WHERE ${here} ORDER BY index_name`,
  )
  const generated = generatedColumns(ddl ?? '')
  const isNullable = (names: readonly string[]): boolean =>
    columns.some(({ name, nullable }) => nullable && names.includes(name))
  const keys = constraints
    .filter(([type]) => type === 'PRIMARY KEY' || type === 'UNIQUE')
    .map(([type, , names, , , name]): TableKey => {
      const key = list(names)
      return {
        ...(name == null ? {} : { name }),
        primary: type === 'PRIMARY KEY',
        columns: key,
        nullable: type !== 'PRIMARY KEY' && isNullable(key),
      }
    })
  const own = indexes.map(([, sql]) => sql).filter(sql => sql !== null && sql !== undefined)
  return {
    ...relation,
    kind: kind === 'view' ? 'view' : 'table',
    ...(comment == null ? {} : { comment }),
    ...(estimate == null ? {} : { rowEstimate: Number(estimate) }),
    columns: columns.map((column): TableColumn => {
      if (!generated.has(column.name.toLowerCase())) return column
      const { default: expression = '', ...rest } = column
      return { ...rest, generated: expression }
    }),
    keys: keys.toSorted((one, other) => Number(other.primary) - Number(one.primary)),
    indexes: indexes.map(([name, sql, unique, primary]) => ({
      name: name!,
      definition: sql ?? '',
      unique: unique === 'true',
      ...(primary === 'true' ? { ofKey: true } : {}),
    })),
    constraints: constraints
      .filter(([type]) => type === 'CHECK')
      .map(([, text, , , , name]) => ({ ...(name == null ? {} : { name }), definition: text! })),
    foreignKeys: constraints
      .filter(([type]) => type === 'FOREIGN KEY')
      .map(
        ([, , names, table, referenced, name]): ForeignKey => ({
          ...(name == null ? {} : { name }),
          table: relation,
          columns: list(names),
          references: { ...relation, name: table!, columns: list(referenced) },
        }),
      ),
    referencedBy: incoming.map(
      ([schema, table, names, referenced, name]): ForeignKey => ({
        ...(name == null ? {} : { name }),
        table: { ...relation, schema: schema!, name: table! },
        columns: list(names),
        references: { ...relation, columns: list(referenced) },
      }),
    ),
    triggers: [],
    grants: [],
    ddl: [ddl ?? '', ...own].join('\n\n'),
    missing: {
      triggers: 'DuckDB has no triggers.',
      grants: 'DuckDB has no users of its own: who may open the file may do everything with it.',
      size: 'DuckDB does not say how much of its file belongs to one table.',
      ...(kind === 'view'
        ? {
            keys: 'A view has no keys of its own.',
            indexes: 'A view has no indexes; its tables have.',
            constraints: 'A view has no constraints.',
            foreignKeys: 'A view has no foreign keys.',
          }
        : {}),
    },
  }
}

function list(json: string | null | undefined): readonly string[] {
  return json == null ? [] : (JSON.parse(json) as readonly string[])
}

/** DuckDB's functions do not mark them; its own text of the table does: `total INTEGER GENERATED ALWAYS AS((a + b))`. In lower case. */
function generatedColumns(ddl: string): ReadonlySet<string> {
  const found = new Set<string>()
  let name: string | undefined
  let before = ''
  for (const { text, kind, depth } of placedWords(ddl, duckdbRules)) {
    if (depth === 1 && name === undefined) name = kind === 'name' ? text.slice(1, -1).replaceAll('""', '"') : text
    else if (depth === 1 && text === ',') name = undefined
    else if (depth === 1 && text === 'always' && before === 'generated' && name !== undefined)
      found.add(name.toLowerCase())
    before = text
  }
  return found
}
