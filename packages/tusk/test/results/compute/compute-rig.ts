import { join } from 'node:path'
import { pino } from 'pino'
import type { RecordBatch } from '../../../src/arrow/record-batch.ts'
import type { Schema } from '../../../src/arrow/schema.ts'
import { createHostPool } from '../../../src/host/create-host-pool.ts'
import type { HostPool } from '../../../src/host/host-pool.ts'
import { createResultCompute } from '../../../src/results/compute/create-result-compute.ts'
import { createResultStore } from '../../../src/results/create-result-store.ts'
import type { ResultCompute } from '../../../src/results/result-compute.ts'
import type { PendingResult, ResultStore, StoredResult } from '../../../src/results/result-store.ts'
import { SpoolWriter } from '../../../src/results/spool-writer.ts'
import { textRows } from '../../support/spool-fixture.ts'

export const owner = 'local'

/** A store, hosts and what computes on them, all real, in a directory of their own. */
export class ComputeRig implements AsyncDisposable {
  readonly hosts: HostPool
  readonly store: ResultStore
  readonly compute: ResultCompute

  private constructor(hosts: HostPool, store: ResultStore) {
    this.hosts = hosts
    this.store = store
    this.compute = createResultCompute({ hosts, store })
  }

  static async open(directory: string): Promise<ComputeRig> {
    const log = pino({ level: 'silent' })
    const store = await createResultStore({ directory: join(directory, 'results'), log })
    return new ComputeRig(
      createHostPool({ stateDirectory: directory, log, spareDelayMs: Number.POSITIVE_INFINITY }),
      store,
    )
  }

  /** A finished result with these rows. */
  async stored(schema: Schema, batches: readonly RecordBatch[]): Promise<StoredResult> {
    const { pending, finish } = await this.storing(schema, batches)
    await finish()
    return pending.result
  }

  /** A result that is still being stored, with these rows so far. */
  async storing(
    schema: Schema,
    batches: readonly RecordBatch[],
  ): Promise<{ readonly pending: PendingResult; finish(): Promise<void> }> {
    const startedAt = new Date().toISOString()
    const pending = await this.store.create({ owner, provenance: { sql: 'test', engine: 'duckdb', startedAt } })
    const writer = await SpoolWriter.create(pending.directory, schema)
    pending.started(schema)
    for (const batch of batches) await writer.append(batch)
    const rowCount = batches.reduce((sum, batch) => sum + batch.rowCount, 0)
    return {
      pending,
      finish: async () => {
        await writer.finish()
        await writer[Symbol.asyncDispose]()
        await pending.finish({ state: 'complete', rowCount, byteCount: 1 })
      },
    }
  }

  /** Every row of a view as exact text. */
  async rowsOf(result: StoredResult, view: string): Promise<readonly (readonly (string | null)[])[]> {
    const { rowCount } = await this.compute.viewState(owner, result.id, view)
    const rows: (readonly (string | null)[])[] = []
    while (rows.length < rowCount) {
      rows.push(...textRows(await result.window({ offset: rows.length, limit: 10_000, view })))
    }
    return rows
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.compute[Symbol.asyncDispose]()
    await this.store[Symbol.asyncDispose]()
    await this.hosts[Symbol.asyncDispose]()
  }
}
