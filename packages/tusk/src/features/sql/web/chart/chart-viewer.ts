import type { MountedResultViewer, ResultViewer, ResultViewerProps } from '../../../../ui/web/result-viewers.ts'
import type { StudioApi } from '../studio-api.ts'

export type ChartApi = Pick<StudioApi, 'resultPoints'>

/** Draws any result; the code that draws is loaded when it is first chosen. */
export function chartViewer(api: ChartApi): ResultViewer {
  return {
    id: 'chart',
    label: 'Chart',
    icon: 'chart-column',
    accepts: ({ fields }) => fields.length > 0,
    async mount(element: HTMLElement, props: ResultViewerProps): Promise<MountedResultViewer> {
      const [{ createChartView }, { drawResultChart }] = await Promise.all([
        import('./chart-view.ts'),
        import('../../../../ui/web/chart/draw-result-chart.ts'),
      ])
      return createChartView(element, props, api, drawResultChart)
    },
  }
}
