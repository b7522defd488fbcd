/** What a key asks of the grid. */
export type GridCommand =
  | { readonly kind: 'move'; readonly to: Movement; readonly extend: boolean }
  | { readonly kind: 'select-all' | 'select-column' | 'select-row' }
  | { readonly kind: 'copy'; readonly headers: boolean }
  | { readonly kind: 'search' | 'undo-view' | 'redo-view' }
  | { readonly kind: 'view-value'; readonly edits?: true }
  | { readonly kind: 'cell-menu' | 'column-menu' | 'escape' }
  | { readonly kind: 'resize'; readonly by: number }

export type Movement =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'row-start'
  | 'row-end'
  | 'first-row'
  | 'last-row'
  | 'first-cell'
  | 'last-cell'

export interface GridKey {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

const plainMoves: Readonly<Record<string, Movement>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  PageUp: 'page-up',
  PageDown: 'page-down',
  Home: 'row-start',
  End: 'row-end',
}

const controlMoves: Readonly<Record<string, Movement>> = {
  ArrowUp: 'first-row',
  ArrowDown: 'last-row',
  ArrowLeft: 'row-start',
  ArrowRight: 'row-end',
  Home: 'first-cell',
  End: 'last-cell',
}

/** Undefined: not ours, the browser and the page may have it (Tab leaves the grid so). Cmd counts as Ctrl. */
export function commandOf(event: GridKey): GridCommand | undefined {
  const control = event.ctrlKey || event.metaKey
  if (event.altKey) {
    if (event.key === 'ArrowDown' && !control) return { kind: 'column-menu' }
    if (event.shiftKey && event.key === 'ArrowLeft') return { kind: 'resize', by: -16 }
    if (event.shiftKey && event.key === 'ArrowRight') return { kind: 'resize', by: 16 }
    return undefined
  }
  const to = (control ? controlMoves : plainMoves)[event.key]
  if (to !== undefined) return { kind: 'move', to, extend: event.shiftKey }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (control && key === 'a' && !event.shiftKey) return { kind: 'select-all' }
  if (control && key === 'c') return { kind: 'copy', headers: event.shiftKey }
  if (control && key === ' ') return { kind: 'select-column' }
  if (control && key === 'f' && !event.shiftKey) return { kind: 'search' }
  if (control && key === 'z') return { kind: event.shiftKey ? 'redo-view' : 'undo-view' }
  if (control && key === 'y' && !event.shiftKey) return { kind: 'redo-view' }
  if (control) return undefined
  if (key === ' ') return { kind: event.shiftKey ? 'select-row' : 'view-value' }
  if (key === 'F10' && event.shiftKey) return { kind: 'cell-menu' }
  if (event.shiftKey) return undefined
  if (key === 'Enter' || key === 'F2') return { kind: 'view-value', edits: true }
  if (key === 'ContextMenu') return { kind: 'cell-menu' }
  if (key === 'Escape') return { kind: 'escape' }
  return undefined
}

/** Where a movement leads from a cell, within `rowCount` rows and `placeCount` columns. */
export function move(
  from: { readonly row: number; readonly place: number },
  to: Movement,
  extent: { readonly rowCount: number; readonly placeCount: number; readonly pageRows: number },
): { readonly row: number; readonly place: number } {
  const lastRow = Math.max(0, extent.rowCount - 1)
  const lastPlace = Math.max(0, extent.placeCount - 1)
  const { row, place } = from
  switch (to) {
    case 'up':
      return { row: Math.max(0, row - 1), place }
    case 'down':
      return { row: Math.min(lastRow, row + 1), place }
    case 'left':
      return { row, place: Math.max(0, place - 1) }
    case 'right':
      return { row, place: Math.min(lastPlace, place + 1) }
    case 'page-up':
      return { row: Math.max(0, row - extent.pageRows), place }
    case 'page-down':
      return { row: Math.min(lastRow, row + extent.pageRows), place }
    case 'row-start':
      return { row, place: 0 }
    case 'row-end':
      return { row, place: lastPlace }
    case 'first-row':
      return { row: 0, place }
    case 'last-row':
      return { row: lastRow, place }
    case 'first-cell':
      return { row: 0, place: 0 }
    case 'last-cell':
      return { row: lastRow, place: lastPlace }
  }
}
