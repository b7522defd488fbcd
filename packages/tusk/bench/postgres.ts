import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { postgresEngine } from '../src/engines/postgres/engine.ts'
import { run } from '../test/contract/read-all.ts'
import { postgresBinaries, startTestPostgres, type TestPostgres } from '../test/support/postgres.ts'
import { type Benchmark, type Measurement, NotMeasured } from './benchmark.ts'
import type { BenchContext } from './context.ts'
import { duration, inTurns } from './support/measure.ts'
import { postgresTable } from './support/tables.ts'

/** PostgreSQL → stored Arrow, next to `psql \copy … (format binary)` to nowhere. */
export const postgresBenchmarks: readonly Benchmark[] = [
  {
    id: 'postgres-store',
    what: 'PostgreSQL → stored Arrow, 1 M × 10, v psql binary COPY to /dev/null',
    budget: { at: 'least', value: 0.85, unit: '×' },
    run: measure,
  },
]

/** A PostgreSQL 15 of the benchmarks' own, stopped in the end. */
export function benchPostgres(context: BenchContext): Promise<TestPostgres> {
  return context.once('postgres', async closing => {
    const binaries = postgresBinaries(15)
    if ('skip' in binaries) throw new NotMeasured(binaries.skip)
    const server = await startTestPostgres(15, { settings: { shared_buffers: '1GB' } })
    closing(() => server.stop())
    return server
  })
}

/** Id of a connection of the studio to it. */
export function benchPostgresConnection(context: BenchContext): Promise<string> {
  return context.once('postgres connection', async () => {
    const { host, port, user } = await benchPostgres(context)
    const config = { host, port, user, database: 'postgres', sslmode: 'disable' }
    return (await context.studio()).connect('postgres', 'Measured PostgreSQL', config)
  })
}

async function measure(context: BenchContext): Promise<Measurement> {
  const { host, port, user } = await benchPostgres(context)
  await using engine = await postgresEngine.open({ host, port, user, database: 'postgres', sslmode: 'disable' })
  await run(engine, postgresTable(context.rows.small))
  await run(engine, 'vacuum analyze measured')

  const binaries = postgresBinaries(15)
  if ('skip' in binaries) throw new NotMeasured(binaries.skip)
  const psql = join(binaries.directory, 'psql')
  const copy = '\\copy (select * from measured) to /dev/null with (format binary)'
  const connection = await benchPostgresConnection(context)
  const studio = await context.studio()
  const times = await inTurns({
    psql: () =>
      promisify(execFile)(psql, ['-X', '-q', '-h', host, '-p', String(port), '-U', user, '-d', 'postgres', '-c', copy]),
    stored: async () => {
      const { resultId } = await studio.run(connection, 'select * from measured')
      return () => studio.remove(resultId)
    },
    alone: async () => {
      await using stream = await engine.query('select * from measured')
      for await (const _ of stream);
    },
  })
  return {
    figure: times.psql / times.stored,
    yardstick: `psql ${duration(times.psql)}`,
    tusk: duration(times.stored),
    note: `the engine alone, batches let go: ${duration(times.alone)}`,
  }
}
