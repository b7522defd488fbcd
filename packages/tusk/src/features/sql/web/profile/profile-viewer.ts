import type { MountedResultViewer, ResultViewer, ResultViewerProps } from '../../../../ui/web/result-viewers.ts'

/** What is in each column of a result; the code that draws is loaded when it is first chosen. */
export const profileViewer: ResultViewer = {
  id: 'profile',
  label: 'Profile',
  icon: 'chart-bar',
  accepts: ({ fields }) => fields.length > 0,
  async mount(element: HTMLElement, props: ResultViewerProps): Promise<MountedResultViewer> {
    const { createProfileView } = await import('./profile-view.ts')
    return createProfileView(element, props)
  },
}
