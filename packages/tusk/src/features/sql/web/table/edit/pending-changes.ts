import type { EditedCell, RowMark } from '../../../../../ui/web/grid/edit/grid-editing.ts'
import type { WireNewValue, WireRowChange } from '../../../../../wire.ts'

/** Exact values of a row, by column. */
export type SeenRow = Readonly<Record<string, string | null>>

/** One thing that can be undone. */
export interface PendingItem {
  readonly id: number
  readonly kind: 'update' | 'insert' | 'delete'
  /** As the grid counts. */
  readonly row: number
  readonly column?: string
  readonly from?: string | null
  readonly to?: WireNewValue
}

interface CellChange {
  readonly id: number
  readonly value: WireNewValue
  readonly shown: EditedCell
}

interface RowEdit {
  seen: SeenRow
  readonly cells: Map<number, CellChange>
}

interface AddedRow {
  readonly id: number
  readonly cells: Map<number, CellChange>
}

const untouched: EditedCell = { text: null, note: 'default', mark: 'added' }

/** Changes of the rows of a table that wait to be saved. Rows are counted as they are shown; that order must stay while there are changes. */
export class PendingChanges {
  readonly #columns: readonly string[]
  readonly #rowCount: () => number
  readonly #edits = new Map<number, RowEdit>()
  readonly #deleted = new Map<number, { readonly id: number; seen: SeenRow }>()
  readonly #added: AddedRow[] = []
  #failed: number | undefined
  #nextId = 1

  constructor(columns: readonly string[], rowCount: () => number) {
    this.#columns = columns
    this.#rowCount = rowCount
  }

  get addedRows(): number {
    return this.#added.length
  }

  get isEmpty(): boolean {
    return this.#edits.size + this.#deleted.size + this.#added.length === 0
  }

  /** `seen` of a row of the source; absent for a new one. A value that is what was seen takes the change back. */
  setCell(row: number, column: number, value: WireNewValue, seen: SeenRow | undefined): void {
    this.#failed = undefined
    const id = this.#nextId++
    const added = this.#addedAt(row)
    if (added !== undefined) {
      added.cells.set(column, { id, value, shown: shownAs(value, 'added') })
      return
    }
    if (seen === undefined) throw new RangeError('what was seen of the row is not known')
    const edit = this.#edits.get(row) ?? { seen, cells: new Map<number, CellChange>() }
    if ('value' in value && value.value === edit.seen[this.#columns[column]!]) edit.cells.delete(column)
    else edit.cells.set(column, { id, value, shown: shownAs(value, 'changed') })
    if (edit.cells.size === 0) this.#edits.delete(row)
    else this.#edits.set(row, edit)
  }

  /** The new row, as the grid counts. */
  addRow(): number {
    this.#failed = undefined
    this.#added.push({ id: this.#nextId++, cells: new Map() })
    return this.#rowCount() + this.#added.length - 1
  }

  /** A new row is simply gone. */
  deleteRow(row: number, seen: SeenRow | undefined): void {
    this.#failed = undefined
    const added = this.#addedAt(row)
    if (added !== undefined) this.#added.splice(this.#added.indexOf(added), 1)
    else if (seen !== undefined) this.#deleted.set(row, { id: this.#nextId++, seen })
  }

  isDeleted(row: number): boolean {
    return this.#deleted.has(row)
  }

  isAdded(row: number): boolean {
    return this.#addedAt(row) !== undefined
  }

  /** What a cell is to become, if it is changed. */
  value(row: number, column: number): WireNewValue | undefined {
    return (this.#addedAt(row)?.cells ?? this.#edits.get(row)?.cells)?.get(column)?.value
  }

  seen(row: number): SeenRow | undefined {
    return this.#deleted.get(row)?.seen ?? this.#edits.get(row)?.seen
  }

  undo(id: number): void {
    this.#failed = undefined
    for (const [row, { id: other }] of this.#deleted) if (other === id) this.#deleted.delete(row)
    const at = this.#added.findIndex(row => row.id === id)
    if (at !== -1) this.#added.splice(at, 1)
    for (const [row, { cells }] of this.#edits) {
      for (const [column, cell] of cells) if (cell.id === id) cells.delete(column)
      if (cells.size === 0) this.#edits.delete(row)
    }
  }

  /** All that was done to one row. */
  undoRow(row: number): void {
    this.#failed = undefined
    this.#edits.delete(row)
    this.#deleted.delete(row)
    const added = this.#addedAt(row)
    if (added !== undefined) this.#added.splice(this.#added.indexOf(added), 1)
  }

  undoLast(): void {
    const last = Math.max(0, ...this.list().map(({ id }) => id))
    if (last > 0) this.undo(last)
  }

  clear(): void {
    this.#failed = undefined
    this.#edits.clear()
    this.#deleted.clear()
    this.#added.length = 0
  }

  /** The row is another now than was seen; the changes go on from there. */
  seeAnew(row: number, seen: SeenRow): void {
    this.#failed = undefined
    const edit = this.#edits.get(row)
    if (edit !== undefined) edit.seen = seen
    const deleted = this.#deleted.get(row)
    if (deleted !== undefined) deleted.seen = seen
  }

  fail(row: number | undefined): void {
    this.#failed = row
  }

  /** In the order of the rows. */
  list(): readonly PendingItem[] {
    const items: PendingItem[] = []
    for (const [row, { seen, cells }] of this.#edits) {
      if (this.#deleted.has(row)) continue
      for (const [column, { id, value }] of cells) {
        const name = this.#columns[column]!
        items.push({ id, kind: 'update', row, column: name, from: seen[name] ?? null, to: value })
      }
    }
    for (const [row, { id }] of this.#deleted) items.push({ id, kind: 'delete', row })
    for (const [at, { id }] of this.#added.entries()) items.push({ id, kind: 'insert', row: this.#rowCount() + at })
    return items.toSorted((one, other) => one.row - other.row || one.id - other.id)
  }

  /** For the server: deletions first, so that a new row may take a key that becomes free; with the row of each. */
  changes(): readonly { readonly row: number; readonly change: WireRowChange }[] {
    const deletions = [...this.#deleted].map(([row, { seen }]) => ({ row, change: { kind: 'delete', seen } as const }))
    const updates = [...this.#edits]
      .filter(([row]) => !this.#deleted.has(row))
      .map(([row, { seen, cells }]) => ({ row, change: { kind: 'update', seen, set: this.#set(cells) } as const }))
    const insertions = this.#added.map(({ cells }, at) => ({
      row: this.#rowCount() + at,
      change: { kind: 'insert', set: this.#set(cells) } as const,
    }))
    return [...deletions, ...updates, ...insertions]
  }

  cell(row: number, column: number): EditedCell | undefined {
    const added = this.#addedAt(row)
    if (added !== undefined) return added.cells.get(column)?.shown ?? untouched
    return this.#edits.get(row)?.cells.get(column)?.shown
  }

  rowMark(row: number): RowMark | undefined {
    if (row === this.#failed) return 'failed'
    if (this.isAdded(row)) return 'added'
    if (this.#deleted.has(row)) return 'deleted'
    return this.#edits.has(row) ? 'changed' : undefined
  }

  #addedAt(row: number): AddedRow | undefined {
    return this.#added[row - this.#rowCount()]
  }

  #set(cells: ReadonlyMap<number, CellChange>): Record<string, WireNewValue> {
    return Object.fromEntries([...cells].map(([column, { value }]) => [this.#columns[column]!, value]))
  }
}

function shownAs(value: WireNewValue, mark: EditedCell['mark']): EditedCell {
  return 'value' in value ? { text: value.value, mark } : { text: null, note: 'default', mark }
}
