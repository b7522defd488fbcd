import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { decodeStream, readColumns } from '../../src/arrow/index.ts'
import { skipWithoutPostgres, startTestPostgres } from '../support/postgres.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { tusk } from '../support/tusk-command.ts'

describe('tusk query', () => {
  const home = temporaryDirectory({ after })
  const pets = join(home, 'pets.sqlite')

  before(() => {
    const database = new DatabaseSync(pets)
    database.exec(
      `CREATE TABLE pet (id INTEGER PRIMARY KEY, name TEXT, weight REAL);
       INSERT INTO pet VALUES (1, 'Ada', 3.5), (2, '=1+1', NULL), (9007199254740993, 'a,"b"', 0.1)`,
    )
    database.close()
  })

  test('prints an aligned table by default', async () => {
    const { out, code } = await tusk(home, ['query', '-c', pets, 'SELECT * FROM pet'])
    assert.equal(code, 0)
    assert.equal(
      out,
      [
        '              id │ name  │ weight',
        '─────────────────┼───────┼───────',
        '               1 │ Ada   │    3.5',
        '               2 │ =1+1  │   NULL',
        '9007199254740993 │ a,"b" │    0.1',
        '(3 rows)',
        '',
      ].join('\n'),
    )
  })

  test('asks for --confirmed before production loses rows, and runs nothing of the script', async () => {
    const shop = join(home, 'shop.sqlite')
    const database = new DatabaseSync(shop)
    database.exec('CREATE TABLE orders (id INTEGER); INSERT INTO orders VALUES (1)')
    writeFileSync(
      join(home, 'connections.toml'),
      `[[connections]]\nid = "shop"\nname = "Shop"\nengine = "sqlite"\nenvironment = "production"\nconfig = { path = ${JSON.stringify(shop)} }\n`,
    )
    const script = 'INSERT INTO orders VALUES (2); DELETE FROM orders'
    const refused = await tusk(home, ['query', '-c', 'Shop', script])
    assert.notEqual(refused.code, 0)
    assert.match(refused.err, /production database[\s\S]*Every row of orders is deleted[\s\S]*--confirmed/)
    assert.equal(database.prepare('SELECT count(*) AS n FROM orders').get()?.n, 1)
    assert.equal((await tusk(home, ['query', '-c', 'Shop', '--confirmed', script])).code, 0)
    assert.equal(database.prepare('SELECT count(*) AS n FROM orders').get()?.n, 0)
    database.close()
    rmSync(join(home, 'connections.toml'))
  })

  test('writes CSV exactly, or safe for spreadsheets when asked', async () => {
    const exact = await tusk(home, ['query', '-c', `sqlite:${pets}`, '--format', 'csv', 'SELECT * FROM pet'])
    assert.equal(exact.out.replaceAll('\r', ''), 'id,name,weight\n1,Ada,3.5\n2,=1+1,\n9007199254740993,"a,""b""",0.1\n')
    const safe = await tusk(home, [
      'query',
      '-c',
      pets,
      '--format',
      'csv',
      '--formula-safe',
      'SELECT name FROM pet WHERE id = 2',
    ])
    assert.equal(safe.out.replaceAll('\r', ''), "name\n'=1+1\n")
    const other = ['--option', 'delimiter=semicolon', '--option', 'lineEnd=lf', '--option', 'formulaSafe=true']
    const shaped = await tusk(home, [
      'query',
      '-c',
      pets,
      '--format',
      'csv',
      ...other,
      'SELECT id, name FROM pet WHERE id = 2',
    ])
    assert.equal(shaped.out, "id;name\n2;'=1+1\n")
    const none = await tusk(home, ['query', '-c', pets, '--option', 'delimiter=tab', 'SELECT 1'])
    assert.deepEqual([none.code, /format table has no options/.test(none.err)], [2, true], none.err)
  })

  test('writes JSON with exact numbers, and NDJSON', async () => {
    const json = await tusk(home, ['query', '-c', pets, '--json', 'SELECT * FROM pet WHERE id > 2'])
    assert.match(json.out, /"id":9007199254740993,/)
    assert.equal((JSON.parse(json.out) as { name: string }[])[0]?.name, 'a,"b"')
    const lines = await tusk(home, ['query', '-c', pets, '--format', 'ndjson', 'SELECT name FROM pet'])
    assert.deepEqual(lines.out.trim().split('\n'), ['{"name":"Ada"}', '{"name":"=1+1"}', '{"name":"a,\\"b\\""}'])
  })

  test('writes Parquet and Arrow files that read back as the same rows', async () => {
    const parquet = join(home, 'pets.parquet')
    assert.equal(
      (await tusk(home, ['query', '-c', pets, '--format', 'parquet', '-o', parquet, 'SELECT * FROM pet'])).code,
      0,
    )
    const back = await tusk(home, ['query', '-c', parquet, '--format', 'csv', 'SELECT * FROM pets ORDER BY id'])
    assert.equal(back.out.replaceAll('\r', ''), 'id,name,weight\n1,Ada,3.5\n2,=1+1,\n9007199254740993,"a,""b""",0.1\n')
    const arrow = join(home, 'pets.arrow')
    await tusk(home, ['query', '-c', pets, '--format', 'arrow', '-o', arrow, 'SELECT * FROM pet'])
    const bytes = readFileSync(arrow)
    const { batches } = decodeStream(bytes.subarray(0, 6).toString() === 'ARROW1' ? bytes.subarray(8) : bytes)
    const first = batches[0]
    assert.ok(first !== undefined)
    assert.equal(readColumns(first)[0]?.text(2), '9007199254740993')
  })

  test('reads data files by name, a script from a file and from the input, several statements in turn', async () => {
    const csv = join(home, 'sales 2025.csv')
    writeFileSync(csv, 'region,amount\nnorth,1.5\nsouth,2\nnorth,3\n')
    const sums = await tusk(home, [
      'query',
      '-c',
      csv,
      '--format',
      'csv',
      'SELECT region, sum(amount) AS s FROM sales_2025 GROUP BY ALL ORDER BY 1',
    ])
    assert.equal(sums.out.replaceAll('\r', ''), 'region,s\nnorth,4.5\nsouth,2\n', sums.err)
    const script = join(home, 'script.sql')
    writeFileSync(
      script,
      'CREATE TABLE t AS SELECT 1 AS x; -- one\nINSERT INTO t VALUES (2);\nSELECT sum(x) AS total FROM t;',
    )
    assert.match((await tusk(home, ['query', '-f', script])).out, /total\n─+\n\s*3\n\(1 row\)/)
    assert.match(
      (await tusk(home, ['query', '--format', 'ndjson'], { input: 'SELECT 7 AS seven' })).out,
      /^\{"seven":7\}/,
    )
  })

  test('an error names the place, and the exit code says what kind it was', async () => {
    const failed = await tusk(home, ['query', 'SELECT 1;\nSELECT nothing\nFROM range(3)'])
    assert.equal(failed.code, 1)
    assert.match(failed.err, /SELECT nothing\n {9}\^/)
    for (const args of [
      ['query', '-c', 'nope', 'SELECT 1'],
      ['query', '--format', 'nope', 'SELECT 1'],
      ['query', '--nope', 'SELECT 1'],
      ['query', 'SELECT', '1'],
      ['query', ''],
      ['nope'],
    ])
      assert.equal((await tusk(home, args)).code, 2, args.join(' '))
    const several = await tusk(home, ['query', '--format', 'json', 'SELECT 1; SELECT 2'])
    assert.equal(several.code, 2)
    const onward = await tusk(home, ['query', '--keep-going', '--format', 'ndjson', 'SELECT nope; SELECT 2 AS x'])
    assert.deepEqual([onward.code, onward.out], [1, '{"x":2}\n'])
  })

  test('a reader that has seen enough ends the query without a complaint', async () => {
    const { code, err } = await tusk(home, ['query', '--format', 'csv', 'SELECT * FROM range(1000000000000)'], {
      during: async child => {
        await once(child.stdout as NodeJS.ReadableStream, 'data')
        child.stdout?.destroy()
      },
    })
    assert.deepEqual([code, err], [0, ''])
  })

  test('leaves nothing behind in the state directory', async () => {
    await tusk(home, ['query', 'SELECT 1'])
    const { readdirSync } = await import('node:fs')
    assert.deepEqual(readdirSync(join(home, 'tmp')), [])
    assert.ok(!existsSync(join(home, 'connections.toml')))
  })

  for (const version of [15, 18] as const)
    test(`Ctrl+C cancels at the source on PostgreSQL ${version} and exits with 130`, {
      skip: skipWithoutPostgres(version),
    }, async () => {
      await using server = await startTestPostgres(version)
      const url = `postgres://${server.user}@${server.host}:${server.port}/postgres`
      const watch = new pg.Client({ host: server.host, port: server.port, user: server.user, database: 'postgres' })
      await watch.connect()
      const running = async (): Promise<number> =>
        (
          await watch.query(
            "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'",
          )
        ).rows[0].n
      const until = async (wanted: number): Promise<void> => {
        while ((await running()) !== wanted) await new Promise(resolve => setTimeout(resolve, 20))
      }
      let gone = Number.NaN
      const { code, err } = await tusk(home, ['query', '-c', url, 'SELECT pg_sleep(600)'], {
        during: async child => {
          await until(1)
          const began = performance.now()
          child.kill('SIGINT')
          await until(0)
          gone = performance.now() - began
        },
      })
      await watch.end()
      assert.equal(code, 130, err)
      assert.ok(gone < 5_000)
    })
})

test('connections are added by URL, listed without their password, tested and removed', async context => {
  const home = temporaryDirectory(context)
  const file = join(home, 'a.duckdb')
  assert.match((await tusk(home, ['connections'])).out, /No connections yet/)
  assert.equal((await tusk(home, ['connections', 'add', 'Local', `duckdb:${file}`])).code, 0)
  assert.equal(
    (await tusk(home, ['connections', 'add', 'Server', 'postgres://ann:s%40cret@db.example:5433/shop?sslmode=require']))
      .code,
    0,
  )
  const { out } = await tusk(home, ['connections', 'list', '--json'])
  assert.ok(!out.includes('s@cret') && !readFileSync(join(home, 'connections.toml'), 'utf8').includes('s@cret'))
  const listed = JSON.parse(out) as { name: string; config: Record<string, unknown> }[]
  assert.deepEqual(
    listed.map(one => [one.name, one.config.host, one.config.port, one.config.database]),
    [
      ['Local', undefined, undefined, undefined],
      ['Server', 'db.example', 5433, 'shop'],
    ],
  )
  assert.match((await tusk(home, ['connections', 'test', 'Local'])).out, /Local: DuckDB 1\./)
  assert.equal((await tusk(home, ['connections', 'test', 'postgres://x@127.0.0.1:1/x'])).code, 1)
  assert.equal((await tusk(home, ['connections', 'remove', 'Server'])).code, 0)
  assert.equal((await tusk(home, ['connections', 'remove', 'Server'])).code, 1)
})

test('settings are shown, changed and checked; help and versions are there', async context => {
  const home = temporaryDirectory(context)
  assert.equal((await tusk(home, ['config', 'set', 'port', '9000'])).code, 0)
  assert.equal((await tusk(home, ['config', 'get', 'server.port'])).out, '9000\n')
  assert.equal(
    (JSON.parse((await tusk(home, ['config', '--json'])).out) as Record<string, unknown>)['server.port'],
    9000,
  )
  assert.equal((await tusk(home, ['config', 'set', 'port', 'many'])).code, 1)
  for (const command of ['studio', 'query', 'connections', 'config', 'features', 'version']) {
    const { code, out } = await tusk(home, [command, '--help'])
    assert.equal(code, 0)
    assert.match(out, new RegExp(`Usage: tusk ${command}`))
  }
  assert.match((await tusk(home, ['version'])).out, /^Tusk \d/)
  assert.ok((JSON.parse((await tusk(home, ['features', '--json'])).out) as unknown[]).length > 4)
  assert.equal((await tusk(home, [])).code, 2)
  writeFileSync(join(home, 'config.toml'), '[server\n')
  const broken = await tusk(home, ['studio', '--no-open', '--port', '0'])
  assert.equal(broken.code, 1)
  assert.match(broken.err, /config\.toml cannot be read/)
  const exposed = await tusk(temporaryDirectory(context), ['studio', '--no-open', '--port', '0', '--host', '0.0.0.0'])
  assert.match(exposed.err, /--expose/)
})

test('a command that failed waits for the end of its processes, however long that takes them', async context => {
  // Many at once make each of them slow: a process that is killed in the end must not take the exit code with it (13).
  const codes = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const home = temporaryDirectory(context)
      return (await tusk(home, ['connections', 'test', 'postgres://x@127.0.0.1:1/x'])).code
    }),
  )
  assert.deepEqual(codes, [1, 1, 1, 1, 1, 1])
})
