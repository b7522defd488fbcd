import { rowKey } from '../../../../dialect/rows/row-key.ts'
import type { TableDetails } from '../../../../engine/table-details.ts'
import type { DataField, WireConnection } from '../../../../wire.ts'

/** Why no row of a table can be edited here; undefined: rows can. */
export function whyNoEditing(details: TableDetails, connection: WireConnection): string | undefined {
  const { kind, may } = details
  if (connection.readOnly)
    return `The connection “${connection.name}” is read-only. Whoever may edit it can switch that off.`
  if (connection.level === 'view') return 'You may look at the schema of this connection, not run anything on it.'
  if (kind === 'view' || kind === 'materialized view')
    return 'This is a view: its rows come from tables, which can be edited on their own pages.'
  if (rowKey(details) === undefined)
    return 'It has no primary key and no unique columns without NULL, so one row cannot be told from another.'
  if (may !== undefined && !may.insert && !may.update && !may.delete)
    return 'The database gives you no right to insert, update or delete here. Its owner can GRANT it.'
  return undefined
}

/** Why a column takes no value; undefined: it does. */
export function whyFixed(field: DataField, { columns, may }: TableDetails, isNewRow: boolean): string | undefined {
  const column = columns.find(({ name }) => name === field.name)
  if (column === undefined) return 'It is no column of the table.'
  if (column.generated !== undefined) return 'It is generated from other columns.'
  if (column.identity === 'always') return 'The database numbers it.'
  if (field.logical === 'wkb' || /^(?:UNION|VARIANT)\b/i.test(column.type))
    return `Values of the type ${column.type} are not exact as text; write an UPDATE in the editor.`
  if (isNewRow) return may?.insert === false ? 'The database gives you no right to insert here.' : undefined
  if (column.mayUpdate === false) return 'The database gives you no right to change this column.'
  return may?.update === false ? 'The database gives you no right to change rows here.' : undefined
}
