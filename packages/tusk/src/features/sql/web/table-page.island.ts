import './studio.css'
import './load/load.css'
import './table/table.css'
import type { Island } from '../../../ui/web/island.ts'
import { TablePage } from './table/table-page.ts'

/** The page of a table. */
export const mount: Island<Record<string, never>> = element => {
  const page = new TablePage(element)
  return { destroy: () => page.destroy() }
}
