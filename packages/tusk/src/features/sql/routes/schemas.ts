import { type Static, type TProperties, Type } from '../../../plugins/route-schema.ts'
import type { Condition, SortKey, ViewRequest } from '../../../results/result-compute.ts'

/** An object with exactly these members (R4). */
export const closed = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

export const ById = closed({ id: Type.String({ maxLength: 64 }) })

export const RowRange = {
  offset: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
  limit: Type.Integer({ minimum: 0, maximum: 10_000, default: 200 }),
}

/** `0,3,7`: positions of columns. */
export const Columns = Type.String({ pattern: '^\\d{1,5}(,\\d{1,5})*$', maxLength: 20_000 })
export const ViewId = Type.String({ pattern: '^[a-z0-9-]{1,80}$' })
export const ColumnPosition = Type.Integer({ minimum: 0, maximum: 99_999 })

export const View = closed({
  sort: Type.Optional(
    Type.Array(
      closed({
        column: ColumnPosition,
        descending: Type.Optional(Type.Boolean()),
        nullsFirst: Type.Optional(Type.Boolean()),
      }),
      { maxItems: 20 },
    ),
  ),
  filter: Type.Optional(
    Type.Array(
      closed({
        column: ColumnPosition,
        operator: Type.Enum([
          '=',
          '<>',
          '<',
          '<=',
          '>',
          '>=',
          'between',
          'in',
          'notIn',
          'contains',
          'notContains',
          'startsWith',
          'endsWith',
          'matches',
          'isNull',
          'isNotNull',
        ]),
        values: Type.Optional(Type.Array(Type.String({ maxLength: 100_000 }), { maxItems: 10_000 })),
        caseSensitive: Type.Optional(Type.Boolean()),
      }),
      { maxItems: 50 },
    ),
  ),
})
export type View = Static<typeof View>

/** What the body of a request for a view asks for. */
export function viewRequest(body: View): ViewRequest {
  return {
    ...(body.sort === undefined ? {} : { sort: body.sort as readonly SortKey[] }),
    ...(body.filter === undefined ? {} : { filter: body.filter as readonly Condition[] }),
  }
}
