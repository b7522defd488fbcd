import type { WireResult, WireRun, WireStatement } from '../../../wire.ts'

/** A stored result shown as the only statement of a run that is over. */
export function runOfResult(result: WireResult): WireRun {
  const { id, sql, state, schema, rowCount, byteCount, startedAt } = result
  const milliseconds = result.finishedAt === undefined ? 0 : Date.parse(result.finishedAt) - Date.parse(startedAt)
  const statement: WireStatement = {
    index: 0,
    from: 0,
    to: sql.length,
    sql,
    state,
    resultId: id,
    schema,
    rowCount,
    byteCount,
    milliseconds,
    notices: [],
    ...(result.affectedRows === undefined ? {} : { affectedRows: result.affectedRows }),
    ...(result.command === undefined ? {} : { command: result.command }),
    ...(result.rolledBack === true ? { rolledBack: true } : {}),
    ...(result.error === undefined ? {} : { error: result.error }),
  }
  return {
    id: `result ${id}`,
    connectionId: result.connectionId ?? '',
    connectionName: result.connectionName ?? '',
    engine: result.engine,
    state: state === 'failed' || state === 'cancelled' ? state : 'complete',
    startedAt,
    milliseconds,
    statements: [statement],
    transaction: 'none',
  }
}
