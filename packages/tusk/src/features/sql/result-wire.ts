import type { StoredResult } from '../../results/result-store.ts'
import type { WireResult } from '../../wire.ts'

/** A result as the browser learns of it. */
export function wireResult(result: StoredResult): WireResult {
  const { provenance } = result
  return {
    id: result.id,
    state: result.state,
    schema: result.schema,
    rowCount: result.rowCount,
    byteCount: result.byteCount,
    ...(result.affectedRows === undefined ? {} : { affectedRows: result.affectedRows }),
    ...(result.command === undefined ? {} : { command: result.command }),
    ...(result.error === undefined ? {} : { error: result.error.toJSON() }),
    pinned: result.pinned,
    sql: provenance.sql,
    engine: provenance.engine,
    ...(provenance.connectionId === undefined ? {} : { connectionId: provenance.connectionId }),
    ...(provenance.connectionName === undefined ? {} : { connectionName: provenance.connectionName }),
    ...(provenance.parents === undefined ? {} : { parents: provenance.parents }),
    startedAt: provenance.startedAt,
    ...(provenance.finishedAt === undefined ? {} : { finishedAt: provenance.finishedAt }),
    ...(provenance.rolledBack === undefined ? {} : { rolledBack: provenance.rolledBack }),
  }
}
