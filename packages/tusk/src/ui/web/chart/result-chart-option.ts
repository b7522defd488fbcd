import type { EChartsCoreOption } from 'echarts/core'
import type { ThemeLook } from './chart-look.ts'

/** A table of a few rows and how it is drawn; cells are exact text. */
export interface DrawnTable {
  readonly kind: 'bar' | 'line' | 'area' | 'scatter' | 'histogram' | 'box' | 'pie' | 'heat'
  readonly scale: 'category' | 'number' | 'time'
  readonly xName: string
  readonly yName: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly sides?: readonly (string | null)[]
}

type Cell = string | null | undefined

/** What ECharts is told. `at`: a time as it is written → milliseconds in UTC. */
export function resultChartOption(
  table: DrawnTable,
  look: ThemeLook,
  stacked: boolean,
  at: (text: string) => number,
): EChartsCoreOption {
  const place = (text: Cell): number | string =>
    table.scale === 'time' ? at(text ?? '') : table.scale === 'number' ? Number(text) : label(text)
  const base = frame(look)
  switch (table.kind) {
    case 'pie':
      return { ...base, ...slices(table, look) }
    case 'scatter':
      return { ...base, ...axes(table, look), ...points(table, place) }
    case 'box':
      return { ...base, ...axes(table, look), ...boxes(table) }
    case 'heat':
      return { ...base, ...heat(table, look) }
    default:
      return { ...base, ...axes(table, look), ...values(table, place, stacked) }
  }
}

function frame({ series, text, font }: ThemeLook): EChartsCoreOption {
  return {
    animation: false,
    useUTC: true,
    color: [...series],
    textStyle: { color: text, fontFamily: font },
    // HTML tooltips would need style attributes; text is drawn into the picture.
    tooltip: { trigger: 'item', renderMode: 'richText', confine: true },
  }
}

function axes({ kind, scale, xName, yName, columns, rows }: DrawnTable, { text, line }: ThemeLook): EChartsCoreOption {
  const letters = { color: text }
  const name = { nameTextStyle: letters, nameLocation: 'middle' }
  const legend = kind === 'scatter' ? columns.length > 2 : kind !== 'box' && columns.length > 2
  return {
    legend: { show: legend, type: 'scroll', top: 0, textStyle: letters, pageTextStyle: letters },
    grid: { left: 28, right: 24, top: legend ? 44 : 28, bottom: 32, containLabel: true },
    xAxis: {
      type: scale === 'category' ? 'category' : scale === 'time' ? 'time' : 'value',
      ...(scale === 'category' ? { data: rows.map(row => label(row[0])) } : { scale: true }),
      name: xName,
      nameGap: 30,
      ...name,
      axisLabel: { ...letters, hideOverlap: true, width: 120, overflow: 'truncate' },
      axisLine: { lineStyle: { color: line } },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      scale: kind === 'scatter' || kind === 'line' || kind === 'box',
      name: yName,
      nameGap: 12,
      ...name,
      nameLocation: 'end',
      nameTextStyle: { ...letters, align: 'left' },
      axisLabel: letters,
      splitLine: { lineStyle: { color: line } },
    },
  }
}

function values(
  { kind, columns, rows, scale }: DrawnTable,
  place: (text: Cell) => number | string,
  stacked: boolean,
): EChartsCoreOption {
  const isLine = kind === 'line' || kind === 'area'
  return {
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
    series: columns.slice(1).map((name, index) => ({
      name,
      type: isLine ? 'line' : 'bar',
      data: rows.map(row => (scale === 'category' ? number(row[index + 1]) : [place(row[0]), number(row[index + 1])])),
      ...(stacked && columns.length > 2 ? { stack: 'all' } : {}),
      ...(kind === 'area' ? { areaStyle: { opacity: 0.25 } } : {}),
      ...(isLine ? { showSymbol: rows.length < 50, connectNulls: false } : {}),
      ...(kind === 'bar' ? { barMaxWidth: 48 } : {}),
      ...(kind === 'histogram' ? { barCategoryGap: '4%' } : {}),
    })),
  }
}

function points({ columns, rows }: DrawnTable, place: (text: Cell) => number | string): EChartsCoreOption {
  const names = columns.length > 2 ? [...new Set(rows.map(row => label(row[2])))] : ['']
  const shown = names.slice(0, 12)
  const series = shown.map((name, index) => ({
    name: index === 11 && names.length > 12 ? 'other' : name,
    rows: rows.filter(row => {
      if (columns.length <= 2) return true
      const own = label(row[2])
      return index === 11 && names.length > 12 ? !shown.slice(0, 11).includes(own) : own === name
    }),
  }))
  return {
    series: series.map(({ name, rows: own }) => ({
      name,
      type: 'scatter',
      symbolSize: 6,
      itemStyle: { opacity: 0.65 },
      data: own.map(row => [place(row[0]), number(row[1])]),
    })),
  }
}

function boxes({ columns, rows }: DrawnTable): EChartsCoreOption {
  return {
    series: [
      {
        name: columns[3],
        type: 'boxplot',
        data: rows.map(row => row.slice(1, 6).map(number)),
      },
    ],
  }
}

function slices({ rows, yName }: DrawnTable, { text }: ThemeLook): EChartsCoreOption {
  const letters = { color: text }
  return {
    legend: {
      type: 'scroll',
      orient: 'vertical',
      right: 16,
      top: 'middle',
      textStyle: letters,
      pageTextStyle: letters,
    },
    series: [
      {
        name: yName,
        type: 'pie',
        radius: ['38%', '70%'],
        center: ['42%', '50%'],
        label: letters,
        data: rows.map(row => ({ name: label(row[0]), value: number(row[1]) })),
      },
    ],
  }
}

function heat(
  { rows, sides = [], columns }: DrawnTable,
  { text, line, series, background }: ThemeLook,
): EChartsCoreOption {
  const letters = { color: text }
  const numbers = rows.map(row => number(row[2])).filter(value => typeof value === 'number')
  const axis = (data: readonly string[], name: string | undefined) => ({
    type: 'category',
    data,
    name,
    nameTextStyle: letters,
    axisLabel: { ...letters, hideOverlap: true, width: 140, overflow: 'truncate' },
    axisLine: { lineStyle: { color: line } },
  })
  const bottom = [...new Set(rows.map(row => label(row[0])))]
  return {
    grid: { left: 16, right: 96, top: 28, bottom: 40, containLabel: true },
    xAxis: { ...axis(bottom, columns[0]), nameLocation: 'middle', nameGap: 30 },
    yAxis: axis(sides.map(label), columns[1]),
    visualMap: {
      min: numbers.reduce((least, value) => Math.min(least, value), numbers[0] ?? 0),
      max: numbers.reduce((most, value) => Math.max(most, value), numbers[0] ?? 1),
      calculable: true,
      formatter: (value: unknown) => String(Number(Number(value).toPrecision(6))),
      right: 8,
      top: 'middle',
      textStyle: letters,
      inRange: { color: [background, series[0] ?? text] },
    },
    series: [
      { name: columns[2], type: 'heatmap', data: rows.map(row => [label(row[0]), label(row[1]), number(row[2])]) },
    ],
  }
}

function label(text: Cell): string {
  return text ?? 'NULL'
}

/** ECharts leaves a gap for '-'. */
function number(text: Cell): number | '-' {
  if (text === null || text === undefined) return '-'
  const value = Number(text)
  return Number.isFinite(value) ? value : '-'
}
