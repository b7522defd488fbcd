import { TuskError } from '../../errors.ts'
import type { HostSession } from '../../host/host-pool.ts'
import type { Provenance, ResultStore, StoredResult } from '../result-store.ts'

/** Stores what a query over mounted results gives, as a result of its own; there whole when this resolves, or not at all. */
export async function deriveResult(
  store: ResultStore,
  session: HostSession,
  owner: string,
  sql: string,
  provenance: Omit<Provenance, 'startedAt' | 'finishedAt'>,
  signal: AbortSignal,
): Promise<StoredResult> {
  const pending = await store.create({ owner, provenance: { ...provenance, startedAt: new Date().toISOString() } })
  try {
    const run = await session.run(
      {
        sql,
        directory: pending.directory,
        room: pending.room,
        onProgress: progress => pending.progress(progress),
      },
      { signal },
    )
    pending.started(run.schema)
    const { error, transaction: _, ...outcome } = await run.done
    await pending.finish({ ...outcome, ...(error === undefined ? {} : { error }) })
    if (error !== undefined) throw error
    signal.throwIfAborted()
    return pending.result
  } catch (error) {
    if (pending.result.state === 'storing')
      await pending.finish({ state: 'failed', rowCount: 0, byteCount: 0, error: TuskError.from(error) })
    await store.remove(owner, pending.id)
    throw error
  }
}
