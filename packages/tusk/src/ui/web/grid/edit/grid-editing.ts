import type { MenuItems } from '../../menu.ts'
import type { PopoverAnchor } from '../popover.ts'

/** Changes that wait to be saved, as the grid shows them over the rows of its source. Update the grid after each change. */
export interface GridEditing {
  /** New rows, shown after those of the source. */
  readonly addedRows: number
  /** What a cell is to be; the same object until it changes. Undefined: as it is. Every cell of a new row is something. */
  cell(row: number, column: number): EditedCell | undefined
  rowMark(row: number): RowMark | undefined
  /** Opens an editor at the cell; `typed` is the letter that a person began with. */
  edit(row: number, column: number, anchor: PopoverAnchor, typed?: string): void
  /** What the menu of a cell offers before the rest. */
  menu(row: number, column: number, anchor: PopoverAnchor): MenuItems
}

export interface EditedCell {
  readonly text: string | null
  /** Shown instead of a text: the database's own value comes. */
  readonly note?: string
  readonly mark: 'changed' | 'added'
}

export type RowMark = 'added' | 'deleted' | 'changed' | 'failed'
