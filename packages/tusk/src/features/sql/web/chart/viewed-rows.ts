import type { Grouping } from '../../../../results/grouping.ts'
import type { GridView } from '../../../../ui/web/grid/grid-source.ts'

/** Which rows the grid shows, for what is made of them; undefined: all. */
export function viewedRows(view: GridView): Grouping['rows'] | undefined {
  const { filter, search = '' } = view
  if (filter.length === 0 && search === '') return undefined
  return { ...(filter.length === 0 ? {} : { filter }), ...(search === '' ? {} : { search }) }
}
