import type { Aggregate, Grouping, GroupKey, Points, PointsRequest } from '../../../../results/grouping.ts'
import type { DataField, Schema } from '../../../../wire.ts'
import { aggregateOf, type ChartKind, type ChartSettings } from './chart-settings.ts'
import { isNumber, isTime } from './column-role.ts'
import { moment, nextStep, stepName, stepWidth, unitFor } from './scale-steps.ts'

/** What is drawn, as a table: a few rows that the store made of all of them. */
export interface ChartData {
  readonly kind: ChartKind
  /** What stands along the bottom. */
  readonly scale: 'category' | 'number' | 'time'
  readonly xName: string
  readonly yName: string
  /**
   * Of bars, lines, areas, histograms and slices: what it is of, then a value for each series. Of points: x, y and the series. Of boxes: what it is of,
   * smallest, lower quartile, median, upper quartile, largest, count. Of heat maps: x, y, value.
   */
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** Of heat maps: what stands at the side, from below. */
  readonly sides?: readonly (string | null)[]
  /** Sentences: how many rows stand behind it and what is not drawn. */
  readonly notes: readonly string[]
}

export interface ChartSource {
  readonly schema: Schema
  /** Which rows are drawn; absent: all. */
  readonly rows: NonNullable<Grouping['rows']> | undefined
  readonly totalRowCount: number
  points(request: PointsRequest): Promise<Points>
}

export const mostPoints = 5_000
const mostSeries = 12
const mostSteps = 500
const exactBars = 60
const exactLinePoints = 1_000

/** Asks the store for what a chart shows. Rejects with an Error that says what to choose where the settings are not enough. */
export async function loadChart(source: ChartSource, settings: ChartSettings): Promise<ChartData> {
  const count =
    source.rows === undefined ? source.totalRowCount : Number((await figures(source, [{ function: 'count' }]))[0])
  const behind = `${counted(count, 'row')}${source.rows === undefined ? '' : ' that pass the filter'}`
  const data = await load(source, settings)
  return { ...data, notes: [`Made of ${behind} in the store.`, ...data.notes] }
}

function load(source: ChartSource, settings: ChartSettings): Promise<ChartData> {
  switch (settings.kind) {
    case 'scatter':
      return scatter(source, settings)
    case 'box':
      return boxes(source, settings)
    case 'heat':
      return heat(source, settings)
    default:
      return groups(source, settings)
  }
}

async function groups(source: ChartSource, settings: ChartSettings): Promise<ChartData> {
  const { kind } = settings
  const isHistogram = kind === 'histogram'
  const isLine = kind === 'line' || kind === 'area'
  if (settings.x === null && (isHistogram || isLine)) throw new Error('Choose a column for the bottom.')
  const x = await axis(source, settings.x, settings, {
    exact: isHistogram ? 0 : isLine ? exactLinePoints : exactBars,
    steps: isLine ? 400 : settings.bins,
  })
  const aggregate: Aggregate = isHistogram ? { function: 'count' } : aggregateOf(settings, source.schema)
  const series = kind === 'pie' ? null : settings.series
  const byValue = x.scale === 'category' && !isLine
  const limit = byValue ? settings.most : mostPoints
  const points = await source.points({
    grouping: {
      by: x.keys,
      values: [aggregate],
      order: byValue ? 'value' : 'keys',
      ...(series === null ? {} : { across: series, acrossLimit: mostSeries }),
      ...within(source),
    },
    limit,
  })
  const yName =
    points.columns.length === x.keys.length + 1
      ? (points.columns.at(-1)?.name ?? '')
      : aggregateName(aggregate, source.schema)
  const notes: string[] = []
  let rows = x.keys.length === 0 ? points.rows.map(row => ['all rows', ...row]) : points.rows
  const columns = [x.name, ...points.columns.slice(x.keys.length).map(({ name }) => name)]
  if (points.isPart && kind === 'pie' && (aggregate.function === 'count' || aggregate.function === 'sum')) {
    const [total] = await figures(source, [aggregate])
    const shown = rows.reduce((sum, row) => sum + Number(row[1] ?? 0), 0)
    rows = [...rows, ['other', String(Number(total ?? 0) - shown)]]
    notes.push(`What is not among the ${limit} largest is drawn together as “other”.`)
  } else if (points.isPart)
    notes.push(
      byValue ? `Only the ${limit} largest are drawn.` : `Only the first ${counted(limit, 'point')} are drawn.`,
    )
  if (columns.some(name => name === 'other') && series !== null)
    notes.push(
      `The ${mostSeries} most frequent values of ${source.schema.fields[series]!.name} are drawn apart, the rest as “other”.`,
    )
  const placed = x.place(rows, aggregate.function === 'count' && !isLine ? '0' : null, !isLine)
  if (placed.lost > 0) notes.push(lostNote(placed.lost))
  return { kind, scale: x.scaleOf(kind), xName: x.name, yName, columns, rows: placed.rows, notes }
}

async function scatter(source: ChartSource, { kind, x, y, series }: ChartSettings): Promise<ChartData> {
  const { fields } = source.schema
  if (x === null || y === null || !isNumber(fields[y]!) || !(isNumber(fields[x]!) || isTime(fields[x]!)))
    throw new Error('Points need two columns of numbers, or a time and a number.')
  const sample = series === null ? [x, y] : [x, y, series]
  const points = await source.points({ sample, limit: mostPoints, ...within(source) })
  const scale = isTime(fields[x]!) ? 'time' : 'number'
  const rows = points.rows.filter(row => hasPlace(row[0], scale) && hasPlace(row[1], 'number'))
  const notes = points.isPart
    ? [`${counted(points.rows.length, 'row')} of them are drawn, taken at random; the same each time.`]
    : []
  const lost = points.rows.length - rows.length
  if (lost > 0) notes.push(lostNote(lost))
  return {
    kind,
    scale,
    xName: fields[x]!.name,
    yName: fields[y]!.name,
    columns: points.columns.map(({ name }) => name),
    rows,
    notes,
  }
}

async function boxes(source: ChartSource, settings: ChartSettings): Promise<ChartData> {
  const { fields } = source.schema
  const column = settings.y ?? (settings.x !== null && isNumber(fields[settings.x]!) ? settings.x : null)
  if (column === null || !isNumber(fields[column]!)) throw new Error('Boxes need a column of numbers.')
  const x = await axis(source, column === settings.x ? null : settings.x, settings, {
    exact: 40,
    steps: Math.min(settings.bins, 40),
  })
  const functions = ['min', 'lowerQuartile', 'median', 'upperQuartile', 'max', 'count'] as const
  const points = await source.points({
    grouping: { by: x.keys, values: functions.map(name => ({ function: name, column })), ...within(source) },
    limit: settings.most,
  })
  const rows = x.keys.length === 0 ? points.rows.map(row => ['all rows', ...row]) : points.rows
  const placed = x.place(rows, null, false)
  const drawn = placed.rows.filter(row => row.slice(1, 6).every(cell => hasPlace(cell, 'number')))
  const notes = points.isPart ? [`Only the first ${settings.most} are drawn.`] : []
  if (drawn.length < rows.length) notes.push(lostNote(rows.length - drawn.length))
  return {
    kind: 'box',
    scale: 'category',
    xName: x.name,
    yName: fields[column]!.name,
    columns: [x.name, 'smallest', 'lower quartile', 'median', 'upper quartile', 'largest', 'count'],
    rows: drawn,
    notes,
  }
}

async function heat(source: ChartSource, settings: ChartSettings): Promise<ChartData> {
  if (settings.x === null || settings.series === null)
    throw new Error('Heat maps need two columns: one for the bottom, one for the side.')
  const room = { exact: 50, steps: Math.min(settings.bins, 50) }
  const x = await axis(source, settings.x, settings, room)
  const y = await axis(source, settings.series, settings, room)
  const aggregate = aggregateOf(settings, source.schema)
  const points = await source.points({
    grouping: { by: [...x.keys, ...y.keys], values: [aggregate], ...within(source) },
    limit: mostPoints,
  })
  // Each axis names its own cells; the other one is carried along.
  const across = x.place(points.rows, null, false)
  const turned = y.place(
    across.rows.map(([one = null, other = null, value = null]) => [other, one, value]),
    null,
    false,
  )
  const rows = turned.rows.map(([other = null, one = null, value = null]) => [one, other, value])
  const sides = y
    .place(
      [...new Set(points.rows.map(([, side = null]) => side))].toSorted(y.compare).map(side => [side]),
      null,
      false,
    )
    .rows.map(([side = null]) => side)
  const notes = points.isPart ? [`Only the first ${counted(mostPoints, 'cell')} are drawn.`] : []
  if (across.lost + turned.lost > 0) notes.push(lostNote(across.lost + turned.lost))
  return {
    kind: 'heat',
    scale: 'category',
    xName: x.name,
    yName: y.name,
    columns: [x.name, y.name, aggregateName(aggregate, source.schema)],
    rows,
    sides: [...new Set(sides)],
    notes,
  }
}

interface Axis {
  readonly name: string
  readonly scale: ChartData['scale']
  readonly keys: readonly GroupKey[]
  scaleOf(kind: ChartKind): ChartData['scale']
  /** NULL last. */
  compare(one: string | null, other: string | null): number
  /** Names the steps, puts in those without rows where `fill`, and counts what has no place. */
  place(
    rows: ChartData['rows'],
    empty: string | null,
    fill: boolean,
  ): { readonly rows: ChartData['rows']; readonly lost: number }
}

/** Times and numbers are exact where they have at most `exact` values, in steps otherwise. */
async function axis(
  source: ChartSource,
  column: number | null,
  settings: ChartSettings,
  { exact, steps }: { readonly exact: number; readonly steps: number },
): Promise<Axis> {
  const asTheyAre = (rows: ChartData['rows']) => ({ rows, lost: 0 })
  if (column === null)
    return { name: '', scale: 'category', keys: [], scaleOf: () => 'category', compare: compareTexts, place: asTheyAre }
  const field = source.schema.fields[column]!
  const { name } = field
  if (!isNumber(field) && !isTime(field))
    return {
      name,
      scale: 'category',
      keys: [{ column }],
      scaleOf: () => 'category',
      compare: compareTexts,
      place: asTheyAre,
    }
  const scale = isTime(field) ? 'time' : 'number'
  const [low = null, high = null, distinct] = await figures(
    source,
    [
      { function: 'min', column },
      { function: 'max', column },
      { function: 'distinctEstimate', column },
    ],
    column,
  )
  const few = Number(distinct ?? 0) <= exact
  const at = (text: string): number => (scale === 'time' ? moment(text) : Number(text))
  const span = low === null || high === null ? 0 : at(high) - at(low)
  const unit =
    scale === 'number'
      ? undefined
      : settings.unit !== 'auto'
        ? settings.unit
        : few
          ? undefined
          : unitFor(span, steps, field.type.kind === 'date')
  const width =
    scale === 'time' || few || low === null || high === null
      ? undefined
      : stepWidth(Number(low), Number(high), steps, field.type.kind === 'int')
  const key: GroupKey = { column, ...(unit === undefined ? {} : { unit }), ...(width === undefined ? {} : { width }) }
  const next = (from: number): number => (unit !== undefined ? nextStep(from, unit) : from + (width ?? 1))
  const label = (from: number, text: string | null): string => {
    if (width !== undefined) return `${tidy(from)} – ${tidy(from + width)}`
    return unit === undefined ? (text ?? '') : stepName(from, unit)
  }
  return {
    name: unit === undefined ? name : `${name} (${unit})`,
    scale,
    keys: [key],
    // Lines lie on a scale; bars stand beside each other.
    scaleOf: kind => (kind === 'line' || kind === 'area' ? scale : 'category'),
    compare: (one, other) => (one === null || other === null ? compareTexts(one, other) : at(one) - at(other)),
    place(rows, empty, fill) {
      const placed = rows.filter(([text = null]) => hasPlace(text, scale))
      const lost = rows.length - placed.length
      if (!fill && width === undefined && unit === undefined) return { rows: placed, lost }
      const onScale = settings.kind === 'line' || settings.kind === 'area'
      if (onScale) return { rows: placed, lost }
      if (!fill || (unit === undefined && width === undefined))
        return { rows: placed.map(([text = null, ...rest]) => [label(at(text!), text), ...rest]), lost }
      return { rows: filled(placed, at, next, label, empty), lost }
    },
  }
}

/** Steps in between that have no rows are drawn too, as long as they are not very many. */
function filled(
  rows: ChartData['rows'],
  at: (text: string) => number,
  next: (from: number) => number,
  label: (from: number, text: string | null) => string,
  empty: string | null,
): ChartData['rows'] {
  const all: (readonly (string | null)[])[] = []
  let expected: number | undefined
  for (const [text = null, ...rest] of rows) {
    const here = at(text!)
    // Sums of widths are a little beside what the store has rounded down to.
    const near = (one: number): boolean => here - one < (next(one) - one) / 2
    for (; expected !== undefined && !near(expected) && all.length < mostSteps; expected = next(expected))
      all.push([label(expected, null), ...rest.map(() => empty)])
    all.push([label(here, text), ...rest])
    expected = next(here)
  }
  return all
}

/** Aggregates over all rows that are drawn; of `column` those with a place on a scale. */
async function figures(
  source: ChartSource,
  values: readonly Aggregate[],
  column?: number,
): Promise<readonly (string | null)[]> {
  const field = column === undefined ? undefined : source.schema.fields[column]
  const { rows = {} } = source
  const filter = column === undefined || field === undefined ? [] : finite(field, column)
  const {
    rows: [row = []],
  } = await source.points({
    grouping: { by: [], values, rows: { ...rows, filter: [...(rows.filter ?? []), ...filter] } },
    limit: 1,
  })
  return row
}

function finite({ type, logical }: DataField, column: number): NonNullable<NonNullable<Grouping['rows']>['filter']> {
  if (type.kind === 'float' || logical === 'decimal')
    return [{ column, operator: 'notIn', values: ['NaN', 'Infinity', '-Infinity'] }]
  const mayBeInfinite = type.kind === 'date' || (type.kind === 'timestamp' && type.unit === 'us')
  return mayBeInfinite ? [{ column, operator: 'between', values: ['0001-01-01', '9999-12-31'] }] : []
}

function within({ rows }: ChartSource): { readonly rows?: NonNullable<Grouping['rows']> } {
  return rows === undefined ? {} : { rows }
}

function compareTexts(one: string | null, other: string | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null)
  return one < other ? -1 : one > other ? 1 : 0
}

function hasPlace(text: string | null | undefined, scale: ChartData['scale']): boolean {
  if (text === null || text === undefined) return false
  return Number.isFinite(scale === 'time' ? moment(text) : Number(text))
}

function aggregateName({ function: name, column }: Aggregate, { fields }: Schema): string {
  return column === undefined ? 'count' : `${name === 'countDistinct' ? 'distinct' : name}(${fields[column]!.name})`
}

function lostNote(count: number): string {
  return `${counted(count, 'point')} ${count === 1 ? 'has' : 'have'} no place on the scale (NULL, NaN, infinity, years before Christ) and ${count === 1 ? 'is' : 'are'} not drawn.`
}

function counted(count: number, one: string): string {
  return `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`
}

/** Without the noise of adding up fractions. */
function tidy(value: number): string {
  return String(Number(value.toPrecision(12)))
}
