import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type SampleTable, shopTables } from './shop.ts'
import { createTable, duckdbSample, finishingStatements } from './shop-ddl.ts'

/** Makes the sample shop as a DuckDB file. In a process of its own only: the web process never loads DuckDB (R25). */
export async function createSampleDuckdb(file: string): Promise<void> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const temporary = `${file}.new`
  await rm(temporary, { force: true })
  const instance = await DuckDBInstance.create(temporary)
  const connection = await instance.connect()
  try {
    for (const table of shopTables) {
      const rows = `${temporary}.csv`
      await pipeline(Readable.from(csv(table)), createWriteStream(rows, { mode: 0o600 }))
      await connection.run(createTable(table, duckdbSample))
      await connection.run(
        `COPY ${table.name} FROM '${rows.replaceAll("'", "''")}' (FORMAT csv, HEADER false, NULLSTR '\\N', QUOTE '"', ESCAPE '"')`,
      )
      await rm(rows)
    }
    for (const statement of finishingStatements(duckdbSample)) await connection.run(statement)
    await connection.run('CHECKPOINT')
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
  await rename(temporary, file)
}

function* csv(table: SampleTable): Iterable<string> {
  let chunk = ''
  for (const row of table.rows()) {
    chunk += `${row.map(value => (value === null ? '\\N' : typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : value)).join(',')}\n`
    if (chunk.length > 1 << 18) {
      yield chunk
      chunk = ''
    }
  }
  yield chunk
}
