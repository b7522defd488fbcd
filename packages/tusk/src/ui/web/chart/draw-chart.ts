import { BarChart, LineChart, PieChart, ScatterChart } from 'echarts/charts'
import { DatasetComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { onThemeChange, themeLook } from './chart-look.ts'
import type { ChartRows } from './chart-rows.ts'

use([
  BarChart,
  LineChart,
  PieChart,
  ScatterChart,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  CanvasRenderer,
])

export interface ChartLook {
  readonly kind: string
  readonly x: string
  readonly y: readonly string[]
  readonly stacked: boolean
}

/** Draws into an element with a size, in the colours of the theme, and follows both. Returns the end of it. */
export function drawChart(element: HTMLElement, rows: ChartRows, look: ChartLook): () => void {
  const chart = init(element)
  const draw = (): void => chart.setOption(optionOf(rows, look), true)
  draw()
  const sizes = new ResizeObserver(() => chart.resize())
  sizes.observe(element)
  const stopThemes = onThemeChange(draw)
  return () => {
    sizes.disconnect()
    stopThemes()
    chart.dispose()
  }
}

function optionOf({ columns, rows }: ChartRows, { kind, x, y, stacked }: ChartLook): EChartsCoreOption {
  const theme = themeLook()
  const text = { color: theme.text, fontFamily: theme.font }
  const line = { lineStyle: { color: theme.line } }
  const isNumber = rows.every(row => typeof row[columns.indexOf(x)] === 'number')
  const valueAxis = { type: 'value', axisLabel: text, splitLine: line, scale: kind === 'scatter' || kind === 'line' }
  const isPie = kind === 'pie'
  return {
    animation: false,
    color: [...theme.series],
    textStyle: text,
    dataset: { dimensions: [...columns], source: rows },
    legend: { show: y.length > 1 || isPie, textStyle: text, bottom: 0 },
    // HTML tooltips would need style attributes; text is drawn into the picture.
    tooltip: { trigger: isPie || kind === 'scatter' ? 'item' : 'axis', renderMode: 'richText' },
    ...(isPie
      ? {}
      : {
          grid: { left: 8, right: 16, top: 16, bottom: y.length > 1 ? 32 : 8, containLabel: true },
          xAxis: {
            type: isNumber && kind !== 'bar' ? 'value' : 'category',
            scale: true,
            axisLabel: text,
            axisLine: line,
            splitLine: { show: false },
          },
          yAxis: valueAxis,
        }),
    series: y.map(name =>
      isPie
        ? { type: 'pie', radius: ['40%', '70%'], encode: { itemName: x, value: name }, label: text }
        : {
            name,
            type: kind === 'area' ? 'line' : kind,
            encode: { x, y: name },
            ...(stacked ? { stack: 'all' } : {}),
            ...(kind === 'area' ? { areaStyle: { opacity: 0.25 } } : {}),
            ...(kind === 'line' || kind === 'area' ? { showSymbol: rows.length < 50, sampling: 'lttb' } : {}),
            ...(kind === 'bar' ? { barMaxWidth: 48 } : {}),
          },
    ),
  }
}
