import { BarChart, BoxplotChart, HeatmapChart, LineChart, PieChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers'
import { onThemeChange, themeLook } from './chart-look.ts'
import { type DrawnTable, resultChartOption } from './result-chart-option.ts'

use([
  BarChart,
  BoxplotChart,
  HeatmapChart,
  LineChart,
  PieChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
  SVGRenderer,
])

export interface ResultChart {
  show(table: DrawnTable, stacked: boolean): void
  /** As it is on the screen, twice as fine. */
  png(): Promise<Blob>
  svg(): Blob
  destroy(): void
}

/** Draws into an element with a size, in the colours of the theme, and follows both. `at`: a time as it is written → milliseconds. */
export function drawResultChart(element: HTMLElement, at: (text: string) => number): ResultChart {
  const chart = init(element)
  let shown: { readonly table: DrawnTable; readonly stacked: boolean } | undefined
  const option = () => (shown === undefined ? {} : resultChartOption(shown.table, themeLook(), shown.stacked, at))
  const draw = (): void => chart.setOption(option(), true)
  const sizes = new ResizeObserver(() => chart.resize())
  sizes.observe(element)
  const stopThemes = onThemeChange(draw)
  return {
    show(table, stacked) {
      shown = { table, stacked }
      draw()
    },
    png() {
      const canvas = chart.renderToCanvas({ pixelRatio: 2, backgroundColor: themeLook().background })
      return new Promise((resolve, reject) =>
        canvas.toBlob(
          blob => (blob === null ? reject(new Error('The browser made no picture.')) : resolve(blob)),
          'image/png',
        ),
      )
    },
    svg() {
      const { clientWidth: width, clientHeight: height } = element
      const apart = init(null, null, { renderer: 'svg', ssr: true, width, height })
      try {
        apart.setOption({ ...option(), backgroundColor: themeLook().background })
        return new Blob([apart.renderToSVGString()], { type: 'image/svg+xml' })
      } finally {
        apart.dispose()
      }
    },
    destroy() {
      sizes.disconnect()
      stopThemes()
      chart.dispose()
    },
  }
}
