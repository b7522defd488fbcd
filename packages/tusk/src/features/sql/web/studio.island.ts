import './studio.css'
import './table/table.css'
import { gridViewer } from '../../../ui/web/grid-viewer.ts'
import type { Island } from '../../../ui/web/island.ts'
import { type PluginViewer, registerPluginViewer, registerResultViewer } from '../../../ui/web/result-viewers.ts'
import { besideViewer } from './beside/beside-viewer.ts'
import { changesViewer } from './changes/changes-viewer.ts'
import { chartViewer } from './chart/chart-viewer.ts'
import { groupViewer } from './groups/group-viewer.ts'
import { mayDo } from './may.ts'
import { planViewer } from './plan/plan-viewer.ts'
import { profileViewer } from './profile/profile-viewer.ts'
import { Studio } from './studio.ts'
import { StudioApi } from './studio-api.ts'

interface StudioProps {
  readonly viewers?: readonly PluginViewer[]
  /** What the person holds. */
  readonly permissions: readonly string[]
  /** There are other people here. */
  readonly several?: boolean
}

/** The studio page: an SQL client. */
export const mount: Island<StudioProps> = (element, { viewers = [], permissions, several = false }) => {
  registerResultViewer(gridViewer)
  const api = new StudioApi()
  registerResultViewer(planViewer(api))
  registerResultViewer(chartViewer(api))
  registerResultViewer(profileViewer)
  registerResultViewer(changesViewer)
  const may = mayDo(several ? [...permissions, 'share'] : permissions)
  registerResultViewer(
    groupViewer({ api, mayExport: may('queries.export'), onShow: (result, title) => studio.showResult(result, title) }),
  )
  registerResultViewer(besideViewer(api))
  for (const viewer of viewers) registerPluginViewer(viewer)
  const studio = new Studio(element, may)
  void studio.start()
  return { destroy: () => studio.destroy() }
}
