import { join } from 'node:path'
import { pino } from 'pino'
import { sqliteEngine } from '../../src/engines/sqlite/engine.ts'
import { createHostPool } from '../../src/host/create-host-pool.ts'

/*
 * A studio's part that owns hosts, to be killed: opens a SQLite session in the state directory named on the command line, starts a
 * statement that blocks its host for ever, waits for a spare, and prints the pids of all its hosts.
 */
const [directory] = process.argv.slice(2)
const pool = createHostPool({ stateDirectory: directory!, log: pino({ level: 'silent' }), spareDelayMs: 10 })
const session = await pool.openSession({ engine: sqliteEngine, config: { path: ':memory:' }, connectionId: 'a' })
const endless = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t'
void session.run({ sql: endless, directory: join(directory!, 'result') }).catch(() => undefined)
const tell = setInterval(() => {
  const hosts = pool.list()
  if (hosts.length < 2) return
  clearInterval(tell)
  process.stdout.write(`${hosts.map(({ pid }) => pid).join(' ')}\n`)
}, 20)
