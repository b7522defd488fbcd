import type { DataField } from '../../../wire.ts'
import { type ColumnKind, columnKind } from './column-kind.ts'
import type { GridCondition, GridOperator, GridSortKey, GridView } from './grid-source.ts'

/** A click on a header: ascending, descending, not at all. Others keep their place when `several`, else they go. */
export function toggleSort(sort: readonly GridSortKey[], column: number, several: boolean): readonly GridSortKey[] {
  const current = sort.find(key => key.column === column)
  const next: GridSortKey | undefined =
    current === undefined
      ? { column, descending: false }
      : current.descending
        ? undefined
        : { column, descending: true }
  if (!several) return next === undefined ? [] : [next]
  if (current === undefined) return [...sort, next!]
  return sort.flatMap(key => (key.column !== column ? [key] : next === undefined ? [] : [next]))
}

export function setSort(
  sort: readonly GridSortKey[],
  column: number,
  descending: boolean | null,
): readonly GridSortKey[] {
  return descending === null ? sort.filter(key => key.column !== column) : [{ column, descending }]
}

/** The condition that a person sets for a column takes the place of all that the column had; null takes them away. */
export function setCondition(
  filter: readonly GridCondition[],
  column: number,
  condition: GridCondition | null,
): readonly GridCondition[] {
  const at = filter.findIndex(other => other.column === column)
  const others = filter.filter(other => other.column !== column)
  if (condition === null) return others
  return at === -1 ? [...others, condition] : [...others.slice(0, at), condition, ...others.slice(at)]
}

export function isSameView(one: GridView, other: GridView): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

interface OperatorWords {
  /** In the list of operators. */
  readonly label: string
  /** Between column and value in a chip. */
  readonly sign: string
  readonly values: 0 | 1 | 2 | 'list'
}

export const operators: Record<GridOperator, OperatorWords> = {
  '=': { label: 'is', sign: '=', values: 1 },
  '<>': { label: 'is not', sign: '≠', values: 1 },
  '<': { label: 'less than', sign: '<', values: 1 },
  '<=': { label: 'at most', sign: '≤', values: 1 },
  '>': { label: 'more than', sign: '>', values: 1 },
  '>=': { label: 'at least', sign: '≥', values: 1 },
  between: { label: 'between', sign: 'between', values: 2 },
  in: { label: 'is one of', sign: 'in', values: 'list' },
  notIn: { label: 'is none of', sign: 'not in', values: 'list' },
  contains: { label: 'contains', sign: 'contains', values: 1 },
  notContains: { label: 'does not contain', sign: 'does not contain', values: 1 },
  startsWith: { label: 'starts with', sign: 'starts with', values: 1 },
  endsWith: { label: 'ends with', sign: 'ends with', values: 1 },
  matches: { label: 'matches (regular expression)', sign: 'matches', values: 1 },
  isNull: { label: 'is NULL', sign: 'is NULL', values: 0 },
  isNotNull: { label: 'is not NULL', sign: 'is not NULL', values: 0 },
}

const compared: readonly GridOperator[] = [
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  'between',
  'in',
  'notIn',
  'isNull',
  'isNotNull',
]
const worded: readonly GridOperator[] = [
  'contains',
  'notContains',
  '=',
  '<>',
  'startsWith',
  'endsWith',
  'matches',
  'in',
  'notIn',
  'isNull',
  'isNotNull',
]
const listed: readonly GridOperator[] = ['=', '<>', 'in', 'notIn', 'contains', 'isNull', 'isNotNull']
const nested: readonly GridOperator[] = ['contains', 'notContains', 'matches', 'isNull', 'isNotNull']

const operatorsByKind: Record<ColumnKind, readonly GridOperator[]> = {
  number: compared,
  date: compared,
  time: compared,
  timestamp: compared,
  interval: compared,
  text: worded,
  json: nested,
  list: nested,
  struct: nested,
  binary: ['=', '<>', 'contains', 'isNull', 'isNotNull'],
  geometry: ['isNull', 'isNotNull'],
  uuid: listed,
  enum: listed,
  boolean: ['=', '<>', 'isNull', 'isNotNull'],
}

/** The operators that make sense for a column, the likeliest first. */
export function operatorsFor(field: DataField): readonly GridOperator[] {
  return operatorsByKind[columnKind(field)]
}

/** Only operators on text can ignore case. */
export function canIgnoreCase(operator: GridOperator): boolean {
  return ['contains', 'notContains', 'startsWith', 'endsWith', 'matches'].includes(operator)
}

export function isWholeCondition(condition: GridCondition): boolean {
  const { values } = operators[condition.operator]
  const count = condition.values?.length ?? 0
  return values === 'list' ? count > 0 : count === values
}

/** `price between 10 and 20`, in pieces so that the values can be set apart. */
export function describeCondition(condition: GridCondition): { readonly sign: string; readonly value: string } {
  const { sign } = operators[condition.operator]
  const values = [
    ...(condition.values ?? []).map(value => (value === '' ? '(empty)' : shortened(value))),
    ...(condition.orNull === true ? ['NULL'] : []),
  ]
  if (condition.operator === 'between') return { sign, value: `${values[0] ?? ''} and ${values[1] ?? ''}` }
  if (values.length > 3) return { sign, value: `${values.slice(0, 3).join(', ')} and ${values.length - 3} more` }
  return { sign, value: values.join(', ') }
}

function shortened(value: string): string {
  return value.length > 32 ? `${value.slice(0, 31)}…` : value
}
