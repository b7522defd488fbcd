// #region results
import { BatchBuilder, readColumns } from 'tuskdata/arrow'
import type { Actor, PluginTusk, Schema, StoredResult } from 'tuskdata/plugin'
import { greeting } from './config.ts'

const schema: Schema = { fields: [{ name: 'greeting', type: { kind: 'utf8' }, nullable: true }] }

/**
 * Runs a statement with the rights of a person, greets what its first column holds, and stores that as a result: it can be looked at,
 * sorted, exported and queried as any other. Rows are read and written a batch at a time.
 */
export async function greetResult(
  tusk: PluginTusk,
  actor: Actor,
  request: { readonly connectionId: string; readonly sql: string },
  signal: AbortSignal,
): Promise<StoredResult> {
  const source = await tusk.run(actor, request, { signal })
  async function* greetings() {
    for await (const batch of source.read({ columns: [0], signal })) {
      const [names] = readColumns(batch)
      const builder = new BatchBuilder(schema, batch.rowCount)
      for (let row = 0; row < batch.rowCount; row++) {
        const name = names?.text(row) ?? null
        builder.appendRow([name === null ? null : greeting(name, tusk.config)])
      }
      yield builder.finish()
    }
    if (source.error !== undefined) throw source.error
  }
  const provenance = {
    sql: request.sql,
    engine: 'hello',
    parents: [source.id],
    startedAt: new Date().toISOString(),
  }
  return tusk.results.save({ owner: actor.id, provenance, schema }, greetings(), { signal })
}
// #endregion
