import { TuskError } from '../../errors.ts'
import type { HostSession } from '../../host/host-pool.ts'
import type { ConditionSql } from './condition-sql.ts'

/** Asks DuckDB whether the values of conditions are what they should be. */
export async function checkValues(
  session: HostSession,
  checks: ConditionSql['checks'],
  signal: AbortSignal,
): Promise<void> {
  for (const { sql, otherwise } of checks) {
    const holds = await session.rows(`SELECT ${sql}`, { signal }).catch((error: unknown) => {
      const known = TuskError.from(error)
      if (known.code !== 'QUERY_FAILED') throw known
      throw new TuskError(otherwise.code, otherwise.message, { cause: known, detail: known.message })
    })
    if (holds[0]?.[0] !== 'true') throw otherwise
  }
}
