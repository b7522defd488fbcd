import './studio.css'
import type { Island } from '../../../ui/web/island.ts'
import { Studio } from './studio.ts'

/** The studio page: an SQL client. */
export const mount: Island<Record<string, never>> = element => {
  const studio = new Studio(element)
  void studio.start()
  return { destroy: () => studio.destroy() }
}
