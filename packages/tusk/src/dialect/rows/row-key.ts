import type { TableDetails, TableKey } from '../../engine/table-details.ts'

/** The key by which a row is found again: the primary key, or a unique one without NULL. Undefined: rows cannot be told apart. */
export function rowKey(table: Pick<TableDetails, 'keys'>): TableKey | undefined {
  return table.keys.find(({ primary }) => primary) ?? table.keys.find(({ nullable }) => !nullable)
}
