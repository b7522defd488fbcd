import type { Dialect } from '../../../engine/dialect.ts'
import type { WireColumn, WireRelation } from '../../../wire.ts'

/** The relation's name as SQL, with its schema where that is needed to find it. */
export function relationName(relation: WireRelation, searchPath: readonly string[], dialect: Dialect): string {
  const { catalog, schema, name } = relation
  const found = catalog === undefined && searchPath.includes(schema)
  const path = found ? [name] : [...(catalog === undefined ? [] : [catalog]), schema, name]
  return path.map(part => dialect.quoteIdentifier(part)).join('.')
}

export function firstRowsSql(name: string): string {
  return `SELECT *\nFROM ${name}\nLIMIT 100;\n`
}

export function countSql(name: string): string {
  return `SELECT count(*) AS rows\nFROM ${name};\n`
}

/** A SELECT with the columns by name, when they are known. */
export function selectSql(name: string, columns: readonly WireColumn[] | undefined, dialect: Dialect): string {
  if (columns === undefined || columns.length === 0) return firstRowsSql(name)
  const list = columns.map(column => `  ${dialect.quoteIdentifier(column.name)}`).join(',\n')
  return `SELECT\n${list}\nFROM ${name};\n`
}
