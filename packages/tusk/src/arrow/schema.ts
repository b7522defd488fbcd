import type { DataField } from './data-type.ts'

/** The columns of a result. Names may be empty or repeat; a column is known by its position. No fields: no rows are returned. */
export interface Schema {
  readonly fields: readonly DataField[]
}
