import { icon } from '../icons.ts'
import type { MenuItem, MenuItems } from '../menu.ts'
import type { CellLookup } from './block-cache.ts'
import { columnKind, isJsonText } from './column-kind.ts'
import { type CopyFormat, copyFormatLabels } from './copy-format.ts'
import type { GridCondition, GridSource, GridView } from './grid-source.ts'
import { setCondition } from './view-state.ts'

export interface CellMenuContext {
  readonly source: GridSource
  readonly view: GridView
  readonly column: number
  readonly lookup: CellLookup
  copy(format: CopyFormat): void
  openValue(): void
  setFilter(filter: readonly GridCondition[]): void
}

export function cellMenu(context: CellMenuContext): MenuItems {
  const copyAs = (format: CopyFormat): MenuItem => ({
    label: `Copy as ${copyFormatLabels[format]}`,
    run: () => context.copy(format),
  })
  return [
    { label: 'Copy', icon: icon('copy'), shortcut: 'Ctrl+C', run: () => context.copy('tsv') },
    { label: 'Copy with headers', shortcut: 'Ctrl+Shift+C', run: () => context.copy('tsv-headers') },
    copyAs('csv'),
    copyAs('json'),
    copyAs('markdown'),
    copyAs('insert'),
    copyAs('in-list'),
    'separator',
    { label: 'Show the whole value', icon: icon('view'), shortcut: 'Enter', run: () => context.openValue() },
    ...filterItems(context),
  ]
}

/** Filters by the value of the cell, where it is one that can be compared and is there in full. */
function filterItems({ source, view, column, lookup, setFilter }: CellMenuContext): MenuItems {
  if (source.setView === undefined || lookup.state !== 'ready') return []
  if (lookup.window.fullByteLength(lookup.row, lookup.position) !== undefined) return []
  const kind = columnKind(source.schema.fields[column]!)
  const value = lookup.window.text(lookup.row, lookup.position)
  if (value !== null && (isJsonText(kind) || kind === 'geometry')) return []
  const only: GridCondition =
    value === null ? { column, operator: 'isNull' } : { column, operator: '=', values: [value] }
  const others: GridCondition =
    value === null ? { column, operator: 'isNotNull' } : { column, operator: '<>', values: [value] }
  return [
    'separator',
    {
      label: 'Only rows with this value',
      icon: icon('filter'),
      run: () => setFilter(setCondition(view.filter, column, only)),
    },
    { label: 'Without this value', run: () => setFilter([...view.filter, others]) },
  ]
}
