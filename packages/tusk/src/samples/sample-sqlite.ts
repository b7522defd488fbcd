import { renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { shopTables } from './shop.ts'
import { createTable, finishingStatements, sqliteSample } from './shop-ddl.ts'

/** Makes the sample shop as a SQLite file: under another name first, so that a half file is never taken for a whole one. Blocks. */
export function createSampleSqlite(file: string): void {
  const temporary = `${file}.new`
  rmSync(temporary, { force: true })
  const database = new DatabaseSync(temporary)
  try {
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN')
    for (const table of shopTables) {
      database.exec(createTable(table, sqliteSample))
      const insert = database.prepare(`INSERT INTO ${table.name} VALUES (${table.columns.map(() => '?').join(', ')})`)
      for (const row of table.rows())
        insert.run(...row.map(value => (typeof value === 'boolean' ? Number(value) : value)))
    }
    for (const statement of finishingStatements(sqliteSample)) database.exec(statement)
    database.exec('COMMIT; ANALYZE; PRAGMA journal_mode = WAL')
  } finally {
    database.close()
  }
  renameSync(temporary, file)
}
