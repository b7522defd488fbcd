import { createHash } from 'node:crypto'
import type { Schema } from '../../arrow/schema.ts'
import { TuskError } from '../../errors.ts'
import type { Condition, SortKey, ViewRequest } from '../result-compute.ts'

/** A view as it is kept beside its rows: no member that says what is the default, no sort key that cannot matter. */
export interface CanonicalView {
  readonly sort: readonly SortKey[]
  readonly filter: readonly Condition[]
  readonly search?: string
}

/** BAD_REQUEST for columns that the result does not have. */
export function canonicalView(request: ViewRequest, schema: Schema): CanonicalView {
  const seen = new Set<number>()
  const sort = (request.sort ?? []).flatMap(key => {
    checkColumn(key.column, schema)
    if (seen.has(key.column)) return []
    seen.add(key.column)
    return {
      column: key.column,
      ...(key.descending === true ? { descending: true } : {}),
      ...(key.nullsFirst === true ? { nullsFirst: true } : {}),
    }
  })
  const filter = (request.filter ?? []).map(condition => {
    checkColumn(condition.column, schema)
    return {
      column: condition.column,
      operator: condition.operator,
      ...(condition.values === undefined || condition.values.length === 0 ? {} : { values: [...condition.values] }),
      ...(condition.caseSensitive === true ? { caseSensitive: true } : {}),
      ...(condition.orNull === true ? { orNull: true } : {}),
    }
  })
  const { search = '' } = request
  return { sort, filter, ...(search === '' ? {} : { search }) }
}

/** Equal views of a result have equal ids. */
export function viewId(view: CanonicalView): string {
  return createHash('sha256').update(JSON.stringify(view)).digest('hex').slice(0, 32)
}

export function checkColumn(column: number, schema: Schema): void {
  if (!Number.isInteger(column) || column < 0 || column >= schema.fields.length) {
    throw new TuskError('BAD_REQUEST', `The result has no column ${column}.`)
  }
}
