import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import type { Connection } from '../../../src/engine/connection.ts'
import type { Confinement } from '../../../src/engine/engine.ts'
import { duckdbEngine } from '../../../src/engines/duckdb/engine.ts'
import { createHostPool } from '../../../src/host/create-host-pool.ts'
import { run } from '../../contract/index.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const somebody: Confinement = { person: 'p', readOnly: false, externalAccess: false }
const confined = (path: string) => duckdbEngine.confine!({ path }, somebody)

const refused = [
  `CALL enable_logging(storage = 'file', storage_path = '/nowhere/x.csv')`,
  `SELECT * FROM enable_logging(storage = 'file', storage_path = '/nowhere/x.csv')`,
  `FROM system.main."Enable_Logging"(level = 'trace')`,
  `FROM/**/ENABLE_LOGGING/**/('QueryLog')`,
  'CALL disable_logging()',
  'CALL truncate_duckdb_logs()',
  `FROM query('FROM enable_' || 'logging()')`,
  `FROM "query" /* there */ ('FROM enable_' || 'logging()')`,
  `CREATE MACRO m(x) AS TABLE FROM query(x)`,
  `CREATE VIEW v AS SELECT * FROM enable_logging()`,
  `PREPARE p AS SELECT * FROM query('SELECT 1')`,
  `EXPLAIN ANALYZE SELECT * FROM enable_logging()`,
  `FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))`,
  `PRAGMA json_execute_serialized_sql('{}')`,
]

test('whoever switches the log of a shared file on is told that they may not, and everybody goes on', async context => {
  const directory = temporaryDirectory(context)
  await using pool = createHostPool({
    stateDirectory: directory,
    log: pino({ level: 'silent' }),
    spareDelayMs: Infinity,
  })
  const path = join(directory, 'shared.duckdb')
  const open = (config: object) =>
    pool.openSession({ engine: duckdbEngine, config: { ...confined(path), ...config }, connectionId: 'a' })
  await using one = await open({})
  const other = await open({})
  assert.equal(one.pid, other.pid)
  for (const sql of refused) await assert.rejects(one.rows(sql), { code: 'NOT_PERMITTED' }, sql)
  assert.deepEqual(await other.rows('SELECT 1'), [['1']])
  await other[Symbol.asyncDispose]()
  assert.deepEqual(await one.rows('SELECT 2'), [['2']])
})

test('names and texts that only look like those functions are nobody\u2019s loss', async () => {
  await using connection = await duckdbEngine.open(confined(':memory:'))
  for (const sql of [
    `SELECT 'enable_logging' AS text -- query('')`,
    'WITH query(a) AS (SELECT 1) SELECT a FROM query',
    'CREATE TABLE query (query INT)',
    'INSERT INTO query (query) VALUES (1)',
    'SELECT query FROM query',
  ])
    await run(connection, sql)
})

test('a file whose views or macros call such a function is not opened where others would', async context => {
  const directory = temporaryDirectory(context)
  const made = [
    'CREATE VIEW innocent AS SELECT 1',
    `CREATE VIEW v AS SELECT * FROM enable_logging(storage = 'file', storage_path = '/nowhere/x.csv')`,
    'CREATE MACRO m() AS (SELECT count(*) FROM enable_logging())',
    'CREATE MACRO m(x) AS TABLE SELECT * FROM query(x)',
  ]
  for (const [at, sql] of made.entries()) {
    const path = join(directory, `${at}.duckdb`)
    {
      await using free: Connection = await duckdbEngine.open({ path })
      await run(free, sql)
    }
    if (at === 0) await (await duckdbEngine.open(confined(path)))[Symbol.asyncDispose]()
    else await assert.rejects(async () => duckdbEngine.open(confined(path)), { code: 'NOT_PERMITTED' }, sql)
  }
})
