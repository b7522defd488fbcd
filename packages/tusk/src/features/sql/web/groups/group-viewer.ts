import type { ResultViewer } from '../../../../ui/web/result-viewers.ts'
import type { WireResult } from '../../../../wire.ts'
import type { StudioApi } from '../studio-api.ts'

export interface GroupViewerOptions {
  readonly api: StudioApi
  readonly mayExport: boolean
  /** Shows a result in a tab of its own. */
  readonly onShow: (result: WireResult, title: string) => void
}

/** Groups and pivots any result. */
export function groupViewer(options: GroupViewerOptions): ResultViewer {
  return {
    id: 'groups',
    label: 'Groups',
    icon: 'layers',
    accepts: ({ fields }) => fields.length > 0,
    async mount(element, props) {
      const { createGroupView } = await import('./group-view.ts')
      return createGroupView(element, props, options)
    },
  }
}
