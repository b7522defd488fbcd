/**
 * PostgreSQL → drained Arrow batches, next to `psql \copy … (format binary)` to nowhere, in turns in the same run.
 * `node packages/tusk/bench/postgres.ts [rows] [rounds]`. Needs Debian's PostgreSQL 15, whose psql is the yardstick.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { postgresEngine } from '../src/engines/postgres/engine.ts'
import { run } from '../test/contract/read-all.ts'
import { postgresBinaries, startTestPostgres } from '../test/support/postgres.ts'

const rows = Number(process.argv[2] ?? 1_000_000)
const rounds = Number(process.argv[3] ?? 5)

const makeTable = `create unlogged table measured as
  select n::int4 as id, n::int8 * 1000003 as big, n / 7.0::float8 as dbl, (n * 1.2345)::numeric(18,4) as dec,
    lpad(n::text, 12, 'x') as s12, 'Straße ' || n || repeat(' é𝄞 abc', 5) as s60,
    timestamp '2020-01-01' + n * interval '1.234567 second' as ts, date '2000-01-01' + n % 9000 as d,
    case when n % 10 > 0 then n % 2 = 0 end as b, format('{"id": %s, "name": "item %s", "price": %s.50}', n, n, n % 100) as j
  from generate_series(1, ${rows}) n`

const binaries = postgresBinaries(15)
if ('skip' in binaries) throw new Error(binaries.skip)
await using server = await startTestPostgres(15, { settings: { shared_buffers: '1GB' } })
const { host, port, user } = server
await using connection = await postgresEngine.open({ host, port, user, database: 'postgres', sslmode: 'disable' })
await run(connection, makeTable)
await run(connection, 'alter table measured alter j type json using j::json')
await run(connection, 'vacuum analyze measured')

const psql = join(binaries.directory, 'psql')
const copy = '\\copy (select * from measured) to /dev/null with (format binary)'
const copyBinary = () =>
  promisify(execFile)(psql, ['-X', '-q', '-h', host, '-p', String(port), '-U', user, '-d', 'postgres', '-c', copy])

async function drain(): Promise<void> {
  let count = 0
  await using stream = await connection.query('select * from measured')
  for await (const batch of stream) count += batch.rowCount
  if (count !== rows) throw new Error(`${count} rows instead of ${rows}`)
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

await copyBinary()
await drain()
const measured: { readonly psql: number; readonly tusk: number }[] = []
for (let round = 0; round < rounds; round++) {
  measured.push({ psql: await seconds(copyBinary), tusk: await seconds(drain) })
}
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const yardstick = median(measured.map(round => round.psql))
const ours = median(measured.map(round => round.tusk))
process.stdout.write(
  `postgres ${rows} rows x 10 columns: psql binary ${yardstick.toFixed(2)} s, tusk ${ours.toFixed(2)} s, ` +
    `ratio ${(yardstick / ours).toFixed(2)} (target 0.85), memory ${Math.round(process.memoryUsage().rss / 1e6)} MB\n`,
)
