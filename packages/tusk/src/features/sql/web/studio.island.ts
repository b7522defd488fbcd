import './studio.css'
import { gridViewer } from '../../../ui/web/grid-viewer.ts'
import type { Island } from '../../../ui/web/island.ts'
import { type PluginViewer, registerPluginViewer, registerResultViewer } from '../../../ui/web/result-viewers.ts'
import { Studio } from './studio.ts'

interface StudioProps {
  readonly viewers?: readonly PluginViewer[]
}

/** The studio page: an SQL client. */
export const mount: Island<StudioProps> = (element, { viewers = [] }) => {
  registerResultViewer(gridViewer)
  for (const viewer of viewers) registerPluginViewer(viewer)
  const studio = new Studio(element)
  void studio.start()
  return { destroy: () => studio.destroy() }
}
