import type { ConnectionConfig } from '../engine/engine.ts'
import { type SampleTable, type SampleValue, shopTables } from './shop.ts'
import { createTable, finishingStatements, postgresSample } from './shop-ddl.ts'

const ROWS_AT_ONCE = 5_000

/** Fills an empty database with the sample shop, in one transaction; does nothing when the shop is already there. */
export async function loadSamplePostgres(config: ConnectionConfig): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    host: String(config.host),
    port: Number(config.port),
    database: String(config.database),
    user: String(config.user),
    password: String(config.password ?? ''),
  })
  client.on('error', () => undefined) // A lost connection also rejects the query that it hits.
  await client.connect()
  try {
    const { rows } = await client.query("SELECT to_regclass('public.orders') AS orders")
    if (rows[0]?.orders !== null) return
    await client.query('BEGIN')
    for (const table of shopTables) {
      await client.query(createTable(table, postgresSample))
      for (const rowsAtOnce of chunks(table.rows())) await client.query(insert(table), columnsOf(table, rowsAtOnce))
    }
    for (const statement of finishingStatements(postgresSample)) await client.query(statement)
    await client.query('COMMIT')
    await client.query('ANALYZE')
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements').catch(() => undefined) // Not every build has it.
  } finally {
    await client.end()
  }
}

function insert(table: SampleTable): string {
  const arrays = table.columns.map(({ type }, index) => `$${index + 1}::text[]::${postgresSample.types[type]}[]`)
  return `INSERT INTO ${table.name} SELECT * FROM unnest(${arrays.join(', ')})`
}

function columnsOf(table: SampleTable, rows: readonly (readonly SampleValue[])[]): (string | null)[][] {
  return table.columns.map((_, index) =>
    rows.map(row => (row[index] === null || row[index] === undefined ? null : String(row[index]))),
  )
}

function* chunks(rows: Iterable<readonly SampleValue[]>): Iterable<readonly (readonly SampleValue[])[]> {
  let chunk: (readonly SampleValue[])[] = []
  for (const row of rows) {
    chunk.push(row)
    if (chunk.length === ROWS_AT_ONCE) {
      yield chunk
      chunk = []
    }
  }
  if (chunk.length > 0) yield chunk
}
