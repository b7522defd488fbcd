import { duckdbDialect } from '../../../../dialect/duckdb.ts'
import { postgresDialect } from '../../../../dialect/postgres.ts'
import { sqliteDialect } from '../../../../dialect/sqlite.ts'
import type { Explain } from '../../../../engine/explain.ts'
import type { Plan } from '../../../../engine/plan.ts'
import type { ResultSource } from '../../../../ui/web/result-source.ts'
import type { Schema } from '../../../../wire.ts'

const engines = [postgresDialect, duckdbDialect, sqliteDialect].flatMap(({ explain }) => explain ?? [])
/** A plan has a row, or one for each node or line. */
const mostRows = 20_000

/** The engine whose plans come in such columns. */
export function explainOf({ fields }: Schema): Explain | undefined {
  const names = fields.map(({ name }) => name)
  return engines.find(explain => explain.hasPlan(names))
}

/** The plan in a result, once it is complete. Undefined: its rows are something else. */
export async function readPlan(source: ResultSource, signal: AbortSignal): Promise<Plan | undefined> {
  await untilEnded(source, signal)
  const { schema } = source
  const columns = schema.fields.map((_, index) => index)
  const window = await source.window(0, Math.min(source.totalRowCount, mostRows), columns, signal)
  const rows = Array.from({ length: window.rowCount }, (_, row) => columns.map(column => window.text(row, column)))
  return explainOf(schema)?.read(rows)
}

function untilEnded(source: ResultSource, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = source.onChange(() => look())
    const abort = (): void => {
      stop()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    const look = (): void => {
      if (source.state === 'waiting' || source.state === 'storing') return
      stop()
      signal.removeEventListener('abort', abort)
      resolve()
    }
    look()
  })
}
