import type { TableDetails } from '../../../../engine/table-details.ts'
import type { WireTableName } from '../../../../wire.ts'
import type { SeenRow } from './edit/pending-changes.ts'

/** A way from a row to other rows. */
export interface ForeignLink {
  readonly label: string
  readonly table: WireTableName
  /** What those rows have; undefined: a part of the key is NULL, so there are none. */
  toFilter(seen: SeenRow): readonly { readonly column: string; readonly value: string }[] | undefined
}

/** From a column to the row that it refers to, and from the row to those that refer to it. */
export function foreignLinks({ foreignKeys, referencedBy }: TableDetails, column: string): readonly ForeignLink[] {
  const away = foreignKeys
    .filter(({ columns }) => columns.includes(column))
    .map(({ columns, references }) => ({
      label: `Go to the row of ${references.name}`,
      table: nameOf(references),
      toFilter: (seen: SeenRow) => filterOf(seen, columns, references.columns),
    }))
  const here = referencedBy.map(({ table, columns, references }) => ({
    label: `Rows of ${table.name} that point here${referencedBy.filter(other => other.table.name === table.name).length > 1 ? ` (${columns.join(', ')})` : ''}`,
    table: nameOf(table),
    toFilter: (seen: SeenRow) => filterOf(seen, references.columns, columns),
  }))
  return [...away, ...here]
}

function filterOf(seen: SeenRow, from: readonly string[], to: readonly string[]) {
  const filter = from.flatMap((column, at) => {
    const value = seen[column]
    const target = to[at]
    return value == null || target === undefined ? [] : [{ column: target, value }]
  })
  return filter.length === from.length ? filter : undefined
}

function nameOf({ catalog, schema, name }: WireTableName): WireTableName {
  return { ...(catalog === undefined ? {} : { catalog }), schema, name }
}
