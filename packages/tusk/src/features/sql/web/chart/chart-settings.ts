import type { Aggregate, TimeUnit } from '../../../../results/grouping.ts'
import type { Schema } from '../../../../wire.ts'
import { isNumber, isTime } from './column-role.ts'

export const chartKinds = ['bar', 'line', 'area', 'scatter', 'histogram', 'box', 'pie', 'heat'] as const
export type ChartKind = (typeof chartKinds)[number]

export const timeUnits = [
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
] as const satisfies readonly TimeUnit[]

export type Measure = Aggregate['function']

/** How a result is drawn; columns by their position. What a kind has no use for is kept for the others. */
export interface ChartSettings {
  readonly kind: ChartKind
  readonly x: number | null
  /** What is aggregated, or the second axis of points; null: rows are counted. */
  readonly y: number | null
  readonly measure: Measure
  /** A column whose values are drawn apart; of heat maps the second axis. */
  readonly series: number | null
  /** Of dates: a unit, or `auto`. */
  readonly unit: TimeUnit | 'auto'
  /** Of numbers: about so many steps. */
  readonly bins: number
  /** So many bars or slices at most, the largest ones. */
  readonly most: number
  /** Series lie on top of each other. */
  readonly stacked: boolean
}

export const usualSettings: Omit<ChartSettings, 'kind' | 'x' | 'y'> = {
  measure: 'sum',
  series: null,
  unit: 'auto',
  bins: 30,
  most: 40,
  stacked: false,
}

/** As they are kept: columns by name, so that they are found again when others came before them. */
export function keptSettings(settings: ChartSettings, { fields }: Schema): Readonly<Record<string, unknown>> {
  const named = (column: number | null): string | null => (column === null ? null : (fields[column]?.name ?? null))
  return { ...settings, x: named(settings.x), y: named(settings.y), series: named(settings.series) }
}

/** What was kept, where it still fits these columns; undefined when it does not. */
export function readSettings(kept: unknown, { fields }: Schema): ChartSettings | undefined {
  if (typeof kept !== 'object' || kept === null) return undefined
  const { kind, measure, unit, bins, most, stacked, ...columns } = kept as Readonly<Record<string, unknown>>
  const [x, y, series] = [columns.x, columns.y, columns.series].map(name =>
    name === null ? null : fields.findIndex(field => field.name === name),
  )
  const isCount = (value: unknown, largest: number): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= largest
  if ([x, y, series].some(column => column === -1 || column === undefined)) return undefined
  if (!chartKinds.includes(kind as ChartKind) || !measures.some(([name]) => name === measure)) return undefined
  if (unit !== 'auto' && !timeUnits.includes(unit as (typeof timeUnits)[number])) return undefined
  if (!isCount(bins, 200) || !isCount(most, 500) || typeof stacked !== 'boolean') return undefined
  return {
    kind: kind as ChartKind,
    x: x ?? null,
    y: y ?? null,
    measure: measure as Measure,
    series: series ?? null,
    unit: unit as ChartSettings['unit'],
    bins,
    most,
    stacked,
  }
}

/** With what they are called; quartiles are drawn by boxes alone. */
export const measures: readonly (readonly [name: Measure, label: string, needsNumbers: boolean])[] = [
  ['sum', 'Sum', true],
  ['average', 'Average', true],
  ['median', 'Median', true],
  ['min', 'Smallest', true],
  ['max', 'Largest', true],
  ['count', 'Count', false],
  ['countDistinct', 'Distinct values', false],
]

/** The aggregate that is drawn: one that the column has. */
export function aggregateOf({ y, measure }: ChartSettings, schema: Schema): Aggregate {
  const field = y === null ? undefined : schema.fields[y]
  if (y === null || field === undefined) return { function: 'count' }
  const needsNumbers = measures.find(([name]) => name === measure)?.[2] ?? true
  return { function: needsNumbers && !isNumber(field) ? 'count' : measure, column: y }
}

/** What the columns look like they should be drawn as. */
export function firstGuess({ fields }: Schema): ChartSettings {
  const positions = fields.map((_, position) => position)
  const times = positions.filter(position => isTime(fields[position]!))
  const allNumbers = positions.filter(position => isNumber(fields[position]!))
  // Keys are numbers that nobody adds up.
  const measured = allNumbers.filter(position => !/(^|_)id$|[a-z]Id$/.test(fields[position]!.name))
  const numbers = measured.length > 0 ? measured : allNumbers
  const words = positions.filter(position => !times.includes(position) && !allNumbers.includes(position))
  const [time] = times
  const [number, second] = numbers
  const [word] = words
  if (time !== undefined && number !== undefined) return { ...usualSettings, kind: 'line', x: time, y: number }
  if (word !== undefined && number !== undefined) return { ...usualSettings, kind: 'bar', x: word, y: number }
  if (number !== undefined && second !== undefined) return { ...usualSettings, kind: 'scatter', x: number, y: second }
  if (number !== undefined) return { ...usualSettings, kind: 'histogram', x: number, y: null }
  if (time !== undefined) return { ...usualSettings, kind: 'histogram', x: time, y: null }
  return { ...usualSettings, kind: 'bar', x: word ?? null, y: null }
}
