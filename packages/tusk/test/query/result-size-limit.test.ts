import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { openAuth } from '../../src/auth/open-auth.ts'
import type { WireConnection, WireResult, WireRun } from '../../src/wire.ts'
import { startMultiStudio } from '../support/multi-studio.ts'
import { skipWithoutPostgres, startTestPostgres } from '../support/postgres.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const megabyte = 2 ** 20

test('a group\u2019s megabytes of one result hold in every engine; what is cut says so', {
  skip: skipWithoutPostgres(15),
}, async context => {
  const postgres = await startTestPostgres(15)
  context.after(() => postgres.stop())
  const studio = await startMultiStudio(context, {
    home: temporaryDirectory(context),
    arguments: ['--no-samples', '--no-plugins'],
  })
  using auth = openAuth(`${studio.home}/auth.db`)
  const group = auth.groups.byName('Data Engineers')
  if (group === undefined) throw new Error('the group is gone')
  auth.groups.update(localActor, group.id, { ...group, limits: { resultMegabytes: 2 } })
  const engineer = await studio.signIn('engineer')
  const root = await studio.signIn('root')

  async function run(as: string, engine: string, config: object, sql: string) {
    const made = await studio.ask('/api/connections', { as, json: { name: engine, engine, config } })
    assert.equal(made.status, 201, await made.clone().text())
    const { id: connectionId } = (await made.json()) as WireConnection
    const answer = await studio.ask('/api/runs', { as, json: { connectionId, sql } })
    let now = (await answer.json()) as WireRun
    while (now.state === 'running') now = (await (await studio.ask(`/api/runs/${now.id}`, { as })).json()) as WireRun
    const statement = now.statements[0]
    const stored = await studio.ask(`/api/results/${statement?.resultId}`, { as })
    return { run: now, statement, result: (await stored.json()) as WireResult }
  }

  const { host, port } = postgres
  const large = `SELECT n, repeat('x', 100) AS text FROM`
  const engines: readonly (readonly [string, object, string])[] = [
    ['postgres', { host, port, user: 'postgres', sslmode: 'disable' }, `${large} generate_series(1, 60000) AS s(n)`],
    ['duckdb', { path: ':memory:' }, `${large} range(60000) AS s(n)`],
    [
      'sqlite',
      { path: ':memory:' },
      `WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s LIMIT 60000)
       SELECT n, printf('%.100c', 'x') AS text FROM s`,
    ],
  ]
  for (const [engine, config, sql] of engines) {
    const { run: ended, statement, result } = await run(engineer, engine, config, sql)
    assert.deepEqual([ended.state, statement?.state, result.state], ['complete', 'truncated', 'truncated'], engine)
    assert.equal(statement?.error?.code, 'TOO_LARGE', engine)
    const told = `Only the first ${result.rowCount.toLocaleString('en')} rows are stored, as the limit of 2 MB a result says.`
    assert.equal(statement?.error?.message, told, engine)
    assert.ok(result.byteCount <= 2 * megabyte && result.byteCount > 1.8 * megabyte, `${engine} ${result.byteCount}`)
    const whole = await run(root, engine, config, sql)
    assert.deepEqual([whole.statement?.state, whole.result.rowCount], ['complete', 60_000], engine)
  }
})
