import { after } from 'node:test'
import { postgresEngine } from '../../../src/engines/postgres/engine.ts'
import { engineSuite } from '../../contract/index.ts'
import { skipWithoutPostgres, startTestPostgres, type TestPostgres } from '../../support/postgres.ts'

for (const version of [15, 18] as const) {
  let server: Promise<TestPostgres> | undefined
  after(async () => (await server)?.stop())
  engineSuite(`PostgreSQL ${version}`, {
    skip: skipWithoutPostgres(version),
    async open() {
      server ??= startTestPostgres(version)
      const { host, port, user } = await server
      return await postgresEngine.open({ host, port, user, database: 'postgres' })
    },
    values: [
      { sql: 'null', kind: 'utf8', text: null },
      { sql: 'true', kind: 'bool', text: 'true' },
      { sql: '9223372036854775807::int8', kind: 'int', text: '9223372036854775807', sourceType: 'int8' },
      { sql: '12345678901234567890.1234::numeric(24,4)', kind: 'decimal', text: '12345678901234567890.1234' },
      { sql: "'NaN'::float8", kind: 'float', text: 'NaN' },
      { sql: "'0044-03-15 BC'::date", kind: 'date', text: '0044-03-15 BC' },
      { sql: "'2026-11-23 20:15:00.123456'::timestamp", kind: 'timestamp', text: '2026-11-23 20:15:00.123456' },
      { sql: "'infinity'::timestamptz", kind: 'timestamp', text: 'infinity' },
      { sql: "'héllo 𝄞'::text", kind: 'utf8', text: 'héllo 𝄞' },
      { sql: "''::text", kind: 'utf8', text: '' },
      { sql: String.raw`'\x00ff'::bytea`, kind: 'binary', text: String.raw`\x00ff` },
      { sql: '\'{"b":1.10,"b":2}\'::json', kind: 'utf8', logical: 'json', text: '{"b":1.10,"b":2}' },
      { sql: 'array[1,null,3]', kind: 'list', text: '[1,null,3]', sourceType: 'int4[]' },
    ],
    // Not in FROM, where the server would put all rows aside before it sends the first.
    numbers: count => `select generate_series(1, ${count}) as n`,
    cell: length => `select repeat('x', ${length}) as x`,
    slow: 'select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b where a < b',
    wrong: { sql: "select 'é𝄞', frm 1", position: 18 },
    failsLate: 'select 1 / (30000 - n) as x from generate_series(1, 60000) as n',
    temporaryTable: {
      create: 'create temporary table suite_temporary (a integer)',
      insert: 'insert into suite_temporary values (1)',
      select: 'select a from suite_temporary',
    },
    transactionAfterError: 'failed',
    mostColumns: 1600,
    affected: { insert: 3, update: 2, delete: 1 },
    firstParameter: '$1',
    secondParameter: '$2',
  })
}
