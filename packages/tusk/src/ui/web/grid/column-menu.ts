import { icon } from '../icons.ts'
import type { MenuItem, MenuItems } from '../menu.ts'
import type { ColumnLayout } from './column-layout.ts'
import type { GridColumnSummary, GridSource, GridView } from './grid-source.ts'
import { setSort } from './view-state.ts'

export interface ColumnMenuContext {
  readonly source: GridSource
  readonly layout: ColumnLayout
  readonly view: GridView
  readonly column: number
  setView(view: GridView): void
  /** Runs a change of the layout and shows it. */
  rearrange(change: () => void): void
  openFilter(): void
  openSummary(load: (signal: AbortSignal) => Promise<GridColumnSummary>): void
  autoFit(): void
  select(): void
  copyName(): void
}

/** Columns listed for hiding and showing; more would be no menu. */
const maxListedColumns = 400

export function columnMenu(context: ColumnMenuContext): MenuItems {
  return [...viewItems(context), ...layoutItems(context)]
}

/** What the source can do: nothing of it is there when it cannot. */
function viewItems(context: ColumnMenuContext): MenuItems {
  const { source, view, column } = context
  const items: (MenuItem | 'separator')[] = []
  if (source.setView !== undefined) {
    const key = view.sort.find(other => other.column === column)
    const sort = (descending: boolean | null) =>
      context.setView({ ...view, sort: setSort(view.sort, column, descending) })
    items.push(
      { label: 'Sort ascending', icon: icon('arrowUp'), checked: key?.descending === false, run: () => sort(false) },
      { label: 'Sort descending', icon: icon('arrowDown'), checked: key?.descending === true, run: () => sort(true) },
      { label: 'Do not sort', disabled: key === undefined, run: () => sort(null) },
      'separator',
      { label: 'Filter…', icon: icon('filter'), run: () => context.openFilter() },
    )
  }
  if (source.summary !== undefined) {
    items.push({
      label: 'Summary',
      icon: icon('summary'),
      run: () => context.openSummary(signal => source.summary!(column, signal)),
    })
  }
  if (items.length > 0) items.push('separator')
  return items
}

function layoutItems(context: ColumnMenuContext): MenuItems {
  const { layout, column } = context
  const place = layout.placeOf(column)
  const isPinned = layout.isPinned(column)
  return [
    {
      label: isPinned ? 'Unpin' : 'Pin left',
      icon: icon(isPinned ? 'unpin' : 'pin'),
      run: () => context.rearrange(() => layout.setPinned(column, !isPinned)),
    },
    {
      label: 'Move left',
      disabled: place === 0,
      run: () => context.rearrange(() => layout.move(column, place - 1)),
    },
    {
      label: 'Move right',
      disabled: place === layout.shown.length - 1,
      run: () => context.rearrange(() => layout.move(column, place + 1)),
    },
    { label: 'Fit to content', icon: icon('autoFit'), run: () => context.autoFit() },
    {
      label: 'Hide',
      icon: icon('hide'),
      disabled: layout.shown.length === 1,
      run: () => context.rearrange(() => layout.hide(column)),
    },
    'separator',
    { label: 'Select column', shortcut: 'Ctrl+Space', run: () => context.select() },
    { label: 'Copy name', icon: icon('copy'), run: () => context.copyName() },
  ]
}

/** The menu of all columns: which are shown. */
export function columnsMenu(
  source: GridSource,
  layout: ColumnLayout,
  rearrange: (change: () => void) => void,
): MenuItems {
  const hidden = new Set(layout.hidden)
  return [
    {
      label: 'Show all columns',
      icon: icon('view'),
      disabled: hidden.size === 0,
      run: () => rearrange(() => layout.showAll()),
    },
    { label: 'Original order, nothing pinned', icon: icon('retry'), run: () => rearrange(() => layout.reset()) },
    'separator',
    ...source.schema.fields.slice(0, maxListedColumns).map(
      (field, column): MenuItem => ({
        label: field.name === '' ? `column ${column + 1}` : field.name,
        checked: !hidden.has(column),
        run: () => rearrange(() => (hidden.has(column) ? layout.show(column) : layout.hide(column))),
      }),
    ),
  ]
}
