import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { localActor } from '../../src/auth/actor.ts'
import { RunArchive } from '../../src/query/run-archive.ts'
import { writeResultFile } from '../../src/results/result-file.ts'
import type { WireRun } from '../../src/wire.ts'
import { hostileBatch } from '../support/hostile-values.ts'
import { writeSpool } from '../support/spool-fixture.ts'

const batch = hostileBatch()
const now = new Date().toISOString()
const sql = 'SELECT * FROM golden'
const about = { schema: batch.schema, rowCount: batch.rowCount, byteCount: 1 }

/** Stores the golden table in the state directory of a studio that is to start; no engine makes all of it. Gives the result's id. */
export async function storeHostileResult(home: string): Promise<string> {
  const id = randomUUID()
  const directory = join(home, 'results', id)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeSpool(directory, [batch])
  await writeResultFile(directory, {
    format: 1,
    id,
    owner: localActor.id,
    createdAt: now,
    provenance: { sql, engine: 'duckdb', startedAt: now, finishedAt: now },
    state: 'complete',
    pinned: false,
    ...about,
  })
  return id
}

/** Makes the stored golden table the result of the last run of a tab. */
export function showHostileResult(home: string, tabId: string, resultId: string): void {
  const run: WireRun = {
    id: randomUUID(),
    connectionId: 'none',
    connectionName: 'Golden',
    engine: 'duckdb',
    tabId,
    state: 'complete',
    startedAt: now,
    milliseconds: 1,
    transaction: 'none',
    statements: [
      { index: 0, from: 0, to: sql.length, sql, state: 'complete', resultId, milliseconds: 1, notices: [], ...about },
    ],
  }
  using archive = new RunArchive(join(home, 'runs.db'))
  archive.save(localActor, run)
}
