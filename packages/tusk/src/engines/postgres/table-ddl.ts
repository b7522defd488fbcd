import { postgresDialect } from '../../dialect/postgres.ts'
import type { Relation } from '../../engine/introspector.ts'
import type { TableColumn } from '../../engine/table-details.ts'

export interface TableParts {
  readonly schema: string
  readonly name: string
  readonly kind: Relation['kind']
  readonly comment: string | undefined
  readonly columns: readonly TableColumn[]
  /** In the order in which they are written. */
  readonly constraints: readonly { readonly name: string; readonly definition: string }[]
  /** Whole statements. */
  readonly indexes: readonly string[]
  readonly triggers: readonly string[]
  readonly viewText: string | undefined
  /** `RANGE (day)`. */
  readonly partition: string | undefined
}

/** PostgreSQL keeps no text of a table: this is made of its parts, and makes the same table again. */
export function tableDdl(parts: TableParts): string {
  const { quoteIdentifier, quoteLiteral } = postgresDialect
  const name = `${quoteIdentifier(parts.schema)}.${quoteIdentifier(parts.name)}`
  const object = objects[parts.kind] ?? 'TABLE'
  const comments = [
    ...(parts.comment === undefined ? [] : [`COMMENT ON ${object} ${name} IS ${quoteLiteral(parts.comment)};`]),
    ...parts.columns
      .filter(({ comment }) => comment !== undefined)
      .map(column => `COMMENT ON COLUMN ${name}.${quoteIdentifier(column.name)} IS ${quoteLiteral(column.comment!)};`),
  ]
  const after = [...parts.indexes.map(ended), ...parts.triggers.map(ended), ...comments]
  if (parts.viewText !== undefined)
    return [`CREATE ${object} ${name} AS\n${parts.viewText.replace(/;\s*$/, '')};`, ...after].join('\n\n')
  if (parts.kind === 'foreign table')
    return [
      `-- A foreign table: the options of its server are not shown.\nCREATE FOREIGN TABLE ${name} (\n${lines(parts)}\n)`,
    ]
      .concat(after)
      .join('\n\n')
  const partition = parts.partition === undefined ? '' : ` PARTITION BY ${parts.partition}`
  return [`CREATE TABLE ${name} (\n${lines(parts)}\n)${partition};`, ...after].join('\n\n')
}

const objects: Readonly<Partial<Record<Relation['kind'], string>>> = {
  view: 'VIEW',
  'materialized view': 'MATERIALIZED VIEW',
  'foreign table': 'FOREIGN TABLE',
}

function lines({ columns, constraints }: TableParts): string {
  const { quoteIdentifier } = postgresDialect
  return [
    ...columns.map(columnLine),
    ...constraints.map(({ name, definition }) => `CONSTRAINT ${quoteIdentifier(name)} ${definition}`),
  ]
    .map(line => `  ${line}`)
    .join(',\n')
}

function columnLine({ name, type, nullable, default: initial, generated, identity }: TableColumn): string {
  const parts = [postgresDialect.quoteIdentifier(name), type]
  if (generated !== undefined) parts.push(`GENERATED ALWAYS AS (${generated}) STORED`)
  if (identity !== undefined) parts.push(`GENERATED ${identity === 'always' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`)
  if (!nullable) parts.push('NOT NULL')
  if (initial !== undefined) parts.push(`DEFAULT ${initial}`)
  return parts.join(' ')
}

function ended(statement: string): string {
  return `${statement};`
}
