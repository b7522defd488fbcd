import { type Static, type TProperties, Type } from '../../../plugins/route-schema.ts'
import type { Grouping } from '../../../results/grouping.ts'
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

const Filter = Type.Array(
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
    orNull: Type.Optional(Type.Boolean()),
  }),
  { maxItems: 50 },
)
const Search = Type.String({ maxLength: 1_000 })

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
  filter: Type.Optional(Filter),
  search: Type.Optional(Search),
})
export type View = Static<typeof View>

/** What the body of a request for a view asks for. */
export function viewRequest(body: View): ViewRequest {
  return {
    ...(body.sort === undefined ? {} : { sort: body.sort as readonly SortKey[] }),
    ...(body.filter === undefined ? {} : { filter: body.filter as readonly Condition[] }),
    ...(body.search === undefined ? {} : { search: body.search }),
  }
}

/** Which rows are grouped or drawn. */
const Rows = closed({ filter: Type.Optional(Filter), search: Type.Optional(Search) })

export const GroupingBody = closed({
  by: Type.Array(
    closed({
      column: ColumnPosition,
      unit: Type.Optional(Type.Enum(['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute'])),
      width: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    }),
    { maxItems: 16 },
  ),
  values: Type.Array(
    closed({
      function: Type.Enum([
        'count',
        'countDistinct',
        'distinctEstimate',
        'sum',
        'average',
        'min',
        'max',
        'median',
        'lowerQuartile',
        'upperQuartile',
      ]),
      column: Type.Optional(ColumnPosition),
    }),
    { maxItems: 50 },
  ),
  across: Type.Optional(ColumnPosition),
  acrossLimit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  order: Type.Optional(Type.Enum(['keys', 'value'])),
  rows: Type.Optional(Rows),
})

export const PointsBody = closed({
  grouping: Type.Optional(GroupingBody),
  sample: Type.Optional(Type.Array(ColumnPosition, { minItems: 1, maxItems: 16 })),
  rows: Type.Optional(Rows),
  limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000 }),
})

/** What the body asks for, which was checked against its schema. */
export function grouping(body: Static<typeof GroupingBody>): Grouping {
  return body as Grouping
}
