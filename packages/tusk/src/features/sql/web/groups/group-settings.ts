import type { Aggregate, Grouping, GroupKey } from '../../../../results/grouping.ts'
import type { DataField, Schema } from '../../../../wire.ts'
import { timeUnits } from '../chart/chart-settings.ts'
import { isNumber, isTime } from '../chart/column-role.ts'

/** What rows are grouped by and what is told of each group, as the form has it. */
export interface GroupSettings {
  readonly by: readonly GroupKey[]
  readonly values: readonly Aggregate[]
  readonly across: number | null
  readonly acrossLimit: number
  readonly order: NonNullable<Grouping['order']>
}

export const aggregateWords: readonly (readonly [Aggregate['function'], string])[] = [
  ['count', 'Count'],
  ['countDistinct', 'Distinct values'],
  ['distinctEstimate', 'Distinct, about'],
  ['sum', 'Sum'],
  ['average', 'Average'],
  ['min', 'Smallest'],
  ['max', 'Largest'],
  ['median', 'Median'],
  ['lowerQuartile', 'Lower quartile'],
  ['upperQuartile', 'Upper quartile'],
]

/** What can be told of the values of a column; undefined: of the rows. */
export function aggregatesOf(field: DataField | undefined): readonly Aggregate['function'][] {
  if (field === undefined) return ['count']
  const all = aggregateWords.map(([name]) => name)
  return isNumber(field) ? all : ['count', 'countDistinct', 'distinctEstimate', 'min', 'max']
}

/** By the first words or times, with the number of rows and the sum of the first number. */
export function firstGrouping({ fields }: Schema): GroupSettings {
  const word = fields.findIndex(field => !isNumber(field) && !isTime(field))
  const time = fields.findIndex(isTime)
  const number = fields.findIndex(field => isNumber(field) && !/(^|_)id$|[a-z]Id$/.test(field.name))
  const by: GroupKey[] =
    word >= 0
      ? [{ column: word }]
      : time >= 0
        ? [{ column: time, unit: 'month' }]
        : fields.length > 0
          ? [{ column: 0 }]
          : []
  return {
    by,
    values: [
      { function: 'count' },
      ...(number >= 0 && by[0]?.column !== number ? [{ function: 'sum', column: number } as const] : []),
    ],
    across: null,
    acrossLimit: 20,
    order: 'keys',
  }
}

/** What the store is asked for. */
export function groupingOf({ across, acrossLimit, ...settings }: GroupSettings, rows: Grouping['rows']): Grouping {
  return {
    ...settings,
    ...(across === null ? {} : { across, acrossLimit }),
    ...(rows === undefined ? {} : { rows }),
  }
}

/** `count, sum(price) by region, day (month)`. */
export function groupingWords({ by, values, across }: GroupSettings, { fields }: Schema): string {
  const name = (column: number): string => fields[column]?.name || `column ${column + 1}`
  const told = values.map(({ function: wanted, column }) => {
    const word = aggregateWords.find(([one]) => one === wanted)?.[1].toLowerCase() ?? wanted
    return column === undefined ? word : `${word} of ${name(column)}`
  })
  const keys = by.map(({ column, unit, width }) => {
    const step = unit ?? (width === undefined ? undefined : `steps of ${width}`)
    return step === undefined ? name(column) : `${name(column)} (${step})`
  })
  return [
    told.length === 0 ? 'groups' : told.join(', '),
    ...(keys.length === 0 ? [] : [`by ${keys.join(', ')}`]),
    ...(across === null ? [] : [`across ${name(across)}`]),
  ].join(' ')
}

/** As they are kept: columns by name. */
export function keptGrouping(settings: GroupSettings, { fields }: Schema): unknown {
  const named = (column: number | null | undefined): string | null =>
    column === null || column === undefined ? null : (fields[column]?.name ?? null)
  return {
    ...settings,
    by: settings.by.map(key => ({ ...key, column: named(key.column) })),
    values: settings.values.map(value => ({ ...value, column: named(value.column) })),
    across: named(settings.across),
  }
}

/** What was kept, where it still fits these columns; undefined when it does not. */
export function readGrouping(kept: unknown, { fields }: Schema): GroupSettings | undefined {
  if (typeof kept !== 'object' || kept === null) return undefined
  const { by, values, across, acrossLimit, order } = kept as Readonly<Record<string, unknown>>
  if (!isList(by) || !isList(values) || by.length > 16 || values.length > 50) return undefined
  if (order !== 'keys' && order !== 'value') return undefined
  if (typeof acrossLimit !== 'number' || !Number.isInteger(acrossLimit) || acrossLimit < 1 || acrossLimit > 100)
    return undefined
  const position = (name: unknown): number => fields.findIndex(field => field.name === name)
  const readBy: GroupKey[] = []
  for (const { column, unit, width } of by) {
    const at = position(column)
    const known = timeUnits.find(one => one === unit)
    if (at === -1 || (unit !== undefined && known === undefined)) return undefined
    readBy.push({
      column: at,
      ...(known === undefined ? {} : { unit: known }),
      ...(typeof width === 'number' && width > 0 ? { width } : {}),
    })
  }
  const readValues: Aggregate[] = []
  for (const { function: wanted, column } of values) {
    const at = column === null ? undefined : position(column)
    const able = at === -1 ? [] : aggregatesOf(at === undefined ? undefined : fields[at])
    const known = able.find(one => one === wanted)
    if (known === undefined) return undefined
    readValues.push({ function: known, ...(at === undefined ? {} : { column: at }) })
  }
  const acrossAt = across === null ? null : position(across)
  if (acrossAt === -1) return undefined
  return { by: readBy, values: readValues, across: acrossAt, acrossLimit, order }
}

function isList(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.every(item => typeof item === 'object' && item !== null)
}
