import type { ResultViewer } from '../../../../ui/web/result-viewers.ts'
import type { StudioApi } from '../studio-api.ts'

/** Two results beside each other: these rows and those of another statement, run or name. */
export function besideViewer(api: StudioApi): ResultViewer {
  return {
    id: 'beside',
    label: 'Side by side',
    icon: 'columns-2',
    accepts: ({ fields }) => fields.length > 0,
    async mount(element, props) {
      const { createBesideView } = await import('./beside-view.ts')
      return createBesideView(element, props, api)
    },
  }
}
