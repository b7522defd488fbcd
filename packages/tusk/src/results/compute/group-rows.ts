import type { HostSession } from '../../host/host-pool.ts'
import type { Grouping, Points, PointsRequest } from '../grouping.ts'
import type { StoredResult } from '../result-store.ts'
import { checkValues } from './check-values.ts'
import { textOf } from './column-sql.ts'
import { mountedResult } from './compute-hosts.ts'
import { acrossLimit, checkGrouping, type GroupSql, groupedColumns, groupSql } from './group-sql.ts'
import { numberTypes } from './number-types.ts'
import { canonicalView, checkColumn } from './view-request.ts'
import { viewSql } from './view-sql.ts'

/** The SQL of a grouping, after what it needs to know of the rows was asked. */
export async function prepareGroups(
  session: HostSession,
  result: StoredResult,
  grouping: Grouping,
  signal: AbortSignal,
): Promise<GroupSql> {
  const { schema } = result
  checkGrouping(schema, grouping)
  const view = viewSql(mountedResult, schema, canonicalView(grouping.rows ?? {}, schema))
  await checkValues(session, view.checks, signal)
  const columns = groupedColumns(grouping)
  const from = view.from(columns)
  const numbers = await numberTypes(session, schema, columns, from, signal)
  return groupSql(schema, grouping, from, numbers, await acrossValues(session, result, grouping, from, signal))
}

async function acrossValues(
  session: HostSession,
  { schema }: StoredResult,
  grouping: Grouping,
  from: string,
  signal: AbortSignal,
): Promise<readonly (string | null)[]> {
  const { across } = grouping
  if (across === undefined) return []
  const text = textOf(schema.fields[across]!, `c${across}`)
  const rows = await session.rows(
    `SELECT value FROM (SELECT ${text} AS value ${from}) GROUP BY value ORDER BY count(*) DESC, value NULLS LAST LIMIT ${acrossLimit(grouping) + 1}`,
    { signal },
  )
  return rows.map(([value]) => value ?? null)
}

/** A few groups, or a few rows. */
export async function readPoints(
  session: HostSession,
  result: StoredResult,
  request: PointsRequest,
  signal: AbortSignal,
): Promise<Points> {
  const { limit } = request
  const ask = async (sql: string) => {
    const rows = await session.rows(`${sql} LIMIT ${limit + 1}`, { signal, limit: limit + 1 })
    return { rows: rows.slice(0, limit), isPart: rows.length > limit }
  }
  if ('grouping' in request) {
    const { sql, columns } = await prepareGroups(session, result, request.grouping, signal)
    return { columns, ...(await ask(sql)) }
  }
  const { schema } = result
  for (const column of request.sample) checkColumn(column, schema)
  const view = viewSql(mountedResult, schema, canonicalView(request.rows ?? {}, schema))
  await checkValues(session, view.checks, signal)
  const cells = request.sample.map(column => `c${column}`)
  // The same rows each time, wherever they lie.
  const sql = `SELECT ${cells.join(', ')} FROM (SELECT ${[...cells, '"tusk:row"'].join(', ')} ${view.from(request.sample)}) ORDER BY hash("tusk:row")`
  const columns = request.sample.map(column => {
    const { name, type, logical } = schema.fields[column]!
    return { name, isNumber: ['int', 'float', 'decimal'].includes(type.kind) || logical === 'decimal' }
  })
  return { columns, ...(await ask(sql)) }
}
