import { type SampleColumn, type SampleTable, type SampleType, shopTables, shopViews } from './shop.ts'

/** How an engine writes the sample's tables. Names and comments are our own constants. */
export interface SampleDialect {
  readonly types: Readonly<Record<SampleType, string>>
  readonly foreignKeys: boolean
  /** COMMENT ON statements. */
  readonly comments: boolean
}

export const sqliteSample: SampleDialect = {
  types: {
    integer: 'INTEGER',
    text: 'TEXT',
    decimal: 'NUMERIC(10,2)',
    double: 'REAL',
    boolean: 'BOOLEAN',
    date: 'DATE',
    timestamp: 'TIMESTAMP',
    json: 'JSON',
  },
  foreignKeys: true,
  comments: false,
}
export const duckdbSample: SampleDialect = {
  types: {
    integer: 'INTEGER',
    text: 'VARCHAR',
    decimal: 'DECIMAL(10,2)',
    double: 'DOUBLE',
    boolean: 'BOOLEAN',
    date: 'DATE',
    timestamp: 'TIMESTAMP',
    json: 'JSON',
  },
  foreignKeys: true,
  comments: true,
}
export const postgresSample: SampleDialect = {
  types: {
    integer: 'integer',
    text: 'text',
    decimal: 'numeric(10,2)',
    double: 'double precision',
    boolean: 'boolean',
    date: 'date',
    timestamp: 'timestamp',
    json: 'jsonb',
  },
  foreignKeys: true,
  comments: true,
}

export function createTable(table: SampleTable, dialect: SampleDialect): string {
  const columns = table.columns.map(column => `  ${columnSql(column, dialect)}`)
  const keys = [
    `  PRIMARY KEY (${table.primaryKey.join(', ')})`,
    ...(dialect.foreignKeys
      ? table.foreignKeys.map(({ column, table: target }) => `  FOREIGN KEY (${column}) REFERENCES ${target} (id)`)
      : []),
  ]
  return `CREATE TABLE ${table.name} (\n${[...columns, ...keys].join(',\n')}\n)`
}

/** Views and comments, after the rows are in. */
export function finishingStatements(dialect: SampleDialect): readonly string[] {
  const views = shopViews.map(view => `CREATE VIEW ${view.name} AS ${view.sql}`)
  if (!dialect.comments) return views
  return [
    ...views,
    ...shopTables.map(table => `COMMENT ON TABLE ${table.name} IS ${text(table.comment)}`),
    ...shopViews.map(view => `COMMENT ON VIEW ${view.name} IS ${text(view.comment)}`),
    ...shopTables.flatMap(table =>
      table.columns
        .filter(column => column.comment !== undefined)
        .map(column => `COMMENT ON COLUMN ${table.name}.${column.name} IS ${text(column.comment ?? '')}`),
    ),
  ]
}

function columnSql(column: SampleColumn, dialect: SampleDialect): string {
  return `${column.name} ${dialect.types[column.type]}${column.nullable === true ? '' : ' NOT NULL'}`
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
