import { readColumns } from '../../src/arrow/read-columns.ts'
import type { StoredResult } from '../../src/results/result-store.ts'

/** All rows of a result when it is complete, every cell as its exact text. Throws what it failed with. */
export async function readStored(result: StoredResult): Promise<readonly (readonly (string | null)[])[]> {
  await result.done
  if (result.error !== undefined) throw result.error
  const rows: (string | null)[][] = []
  for await (const batch of result.read()) {
    const columns = readColumns(batch)
    for (let row = 0; row < batch.rowCount; row++) rows.push(columns.map(column => column.text(row)))
  }
  return rows
}
