import { columnType } from '../../../../dialect/column-type.ts'
import type { SqlFlavour } from '../../../../dialect/sql-literal.ts'
import type { Schema, WireColumn } from '../../../../wire.ts'

/** A column of the rows and where it goes; an empty `name`: nowhere. */
export interface TargetColumn {
  readonly from: number
  readonly source: string
  readonly name: string
  /** Of the column in the table. */
  readonly type: string
}

const flavours: readonly string[] = ['postgres', 'duckdb', 'sqlite'] satisfies readonly SqlFlavour[]

/** The kinds of databases that rows can be loaded into. */
export function flavourOf(engine: string | undefined): SqlFlavour | undefined {
  return engine !== undefined && flavours.includes(engine) ? (engine as SqlFlavour) : undefined
}

/** For a new table: every column under a name that a table can have, of a type that keeps its values. */
export function newColumns(schema: Schema, flavour: SqlFlavour, from: SqlFlavour | undefined): readonly TargetColumn[] {
  const taken = new Set<string>()
  return schema.fields.map((field, position) => {
    const wanted = field.name.trim() === '' ? `column${position + 1}` : field.name
    let name = wanted
    for (let more = 2; taken.has(name.toLowerCase()); more++) name = `${wanted}_${more}`
    taken.add(name.toLowerCase())
    return { from: position, source: field.name, name, type: columnType(flavour, field, from) }
  })
}

/** For a table that is there: columns of the same name, whatever the case; the others go nowhere until somebody says where. */
export function matchedColumns(schema: Schema, columns: readonly WireColumn[]): readonly TargetColumn[] {
  const free = new Map(columns.map(column => [column.name.toLowerCase(), column]))
  return schema.fields.map((field, position) => {
    const found = free.get(field.name.toLowerCase())
    free.delete(field.name.toLowerCase())
    return { from: position, source: field.name, name: found?.name ?? '', type: found?.type ?? '' }
  })
}

/** Columns of the table that get no value and have none of their own. */
export function missingColumns(targets: readonly TargetColumn[], columns: readonly WireColumn[]): readonly string[] {
  const filled = new Set(targets.map(({ name }) => name))
  return columns
    .filter(({ name, nullable, default: value }) => !nullable && value === undefined && !filled.has(name))
    .map(({ name }) => name)
}
