import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import type { DataField } from '../../../src/arrow/data-type.ts'
import { typeName } from '../../../src/arrow/layout.ts'
import type { Connection } from '../../../src/engine/connection.ts'
import { postgresEngine } from '../../../src/engines/postgres/engine.ts'
import type { TuskError } from '../../../src/errors.ts'
import { run } from '../../contract/index.ts'
import { skipWithoutPostgres, startTestPostgres, type TestPostgres } from '../../support/postgres.ts'
import { ownText, sameAsServer } from './type-values.ts'

for (const version of [15, 18] as const) {
  describe(`types of PostgreSQL ${version}`, { skip: skipWithoutPostgres(version) }, () => {
    let server: TestPostgres
    let connection: Connection
    before(async () => {
      server = await startTestPostgres(version)
      const { host, port, user } = server
      connection = await postgresEngine.open({ host, port, user, database: 'postgres' })
      for (const statement of setup) await run(connection, statement)
    })
    after(async () => {
      await connection?.[Symbol.asyncDispose]()
      await server?.stop()
    })

    /** The field and the texts of one column, next to what the server itself writes. */
    const check = async (type: string, values: readonly string[]) => {
      const rows = values.map(value => `('${value.replaceAll("'", "''")}'::${type})`).join(', ')
      const result = await run(connection, `select v, v::text from (values ${rows}, (null::${type})) as t (v)`)
      assert.deepEqual(result.rows.at(-1), [null, null])
      return {
        field: result.schema.fields[0]!,
        ours: result.rows.slice(0, -1).map(row => row[0]),
        server: result.rows.slice(0, -1).map(row => row[1]),
      }
    }

    for (const { type, arrow, logical, values, sourceType } of sameAsServer) {
      test(`${type} reads as the server writes it`, async () => {
        const { field, ours, server } = await check(type, values)
        assert.deepEqual(ours, server)
        assert.equal(describeType(field), arrow)
        assert.equal(field.logical, logical)
        assert.equal(field.sourceType, sourceType ?? type)
      })
    }

    for (const { type, arrow, values } of ownText) {
      test(`${type} has a text of its own`, async () => {
        const { field, ours } = await check(type, Object.keys(values))
        assert.deepEqual(ours, Object.values(values))
        assert.equal(describeType(field), arrow)
      })
    }

    test('timestamptz is an instant, whatever the time zone of the session', async () => {
      await run(connection, "set timezone = 'Asia/Kathmandu'")
      const { rows, schema } = await run(connection, "select '2026-11-23 12:00:00.000001+05:45'::timestamptz as v")
      await run(connection, 'reset timezone')
      assert.deepEqual(rows, [['2026-11-23 06:15:00.000001+00']])
      assert.deepEqual(schema.fields[0]!.type, { kind: 'timestamp', unit: 'us', timezone: 'UTC' })
    })

    test('interval does not follow the style of the session', async () => {
      await run(connection, "set intervalstyle = 'iso_8601'")
      const { rows } = await run(connection, "select '1 year -2 days 03:04:05.6'::interval as v")
      await run(connection, 'reset intervalstyle')
      assert.deepEqual(rows, [['1 year -2 days +03:04:05.6']])
    })

    test('a timestamp that Arrow cannot hold is refused by name', async () => {
      const failed = run(
        connection,
        `select "far" from (values ('294276-12-31 23:59:59.999999'::timestamp)) as t ("far")`,
      )
      await assert.rejects(failed, (error: TuskError) => {
        assert.equal(error.code, 'VALUE_OUT_OF_RANGE')
        assert.match(error.message, /"far"/)
        assert.match(error.hint ?? '', /::text/)
        return true
      })
      assert.deepEqual((await run(connection, "select '294246-12-31'::timestamp as v")).rows, [
        ['294246-12-31 00:00:00'],
      ])
    })

    test('NaN among decimals widens the column to text', async () => {
      const sql = `select case when n = 700 then 'NaN' else n + 0.25 end::numeric(10,2) as v, n from generate_series(1, 1000) n`
      const { schema, rows, batches } = await run(connection, sql)
      assert.equal(batches[0]!.schema.fields[0]!.type.kind, 'decimal')
      assert.equal(schema.fields[0]!.type.kind, 'utf8')
      assert.equal(schema.fields[0]!.logical, 'decimal')
      assert.deepEqual(
        rows.map(([value]) => value),
        Array.from({ length: 1000 }, (_, n) => (n === 699 ? 'NaN' : `${n + 1}.25`)),
      )
      assert.deepEqual(
        rows.map(([, n]) => n),
        Array.from({ length: 1000 }, (_, n) => String(n + 1)),
      )
    })

    test('an array of two dimensions widens a column of lists to text', async () => {
      const sql = `select case n when 500 then '{{1,2},{3,null}}' when 501 then '[0:1]={5,6}' else '{7,8}' end::int[] as v
        from generate_series(1, 1000) n`
      const { schema, rows } = await run(connection, sql)
      assert.equal(schema.fields[0]!.type.kind, 'utf8')
      assert.deepEqual(
        [498, 499, 500, 501].map(row => rows[row]![0]),
        ['[7,8]', '[[1,2],[3,null]]', '[0:1]=[5,6]', '[7,8]'],
      )
      assert.equal(rows.length, 1000)
    })

    test('an enum knows its labels, also those added later, and in its array', async () => {
      const first = await run(connection, "select 'sad'::mood as a, array['ok', null]::mood[] as b")
      assert.deepEqual(first.rows, [['sad', '["ok",null]']])
      assert.deepEqual(first.schema.fields[0]!.labels, ['sad', 'ok'])
      await run(connection, "alter type mood add value if not exists 'fine' before 'ok'")
      const second = await run(connection, "select 'fine'::mood as a")
      assert.deepEqual(second.schema.fields[0]!.labels, ['sad', 'fine', 'ok'])
    })

    test('an enum made in the open transaction is known too', async () => {
      await run(connection, 'begin')
      await run(connection, "create type weather as enum ('rain', 'sun')")
      const { schema, rows } = await run(connection, "select 'sun'::weather as a")
      await run(connection, 'rollback')
      assert.deepEqual(schema.fields[0]!.labels, ['rain', 'sun'])
      assert.deepEqual(rows, [['sun']])
    })

    test('names of types are found whatever the search path is', async () => {
      await run(connection, "set search_path = ''")
      const { schema } = await run(connection, "select 'sad'::public.mood as a, '(1,x)'::public.pair as b")
      await run(connection, 'reset search_path')
      assert.deepEqual(
        schema.fields.map(field => field.sourceType),
        ['public.mood', 'public.pair'],
      )
    })

    test('a type without binary output does not fail the query', async () => {
      const { rows } = await run(
        connection,
        "select 'postgres=r/postgres'::aclitem as a, '{postgres=r/postgres}'::aclitem[] as b",
      )
      assert.deepEqual(rows, [['postgres=r/postgres', '{postgres=r/postgres}']])
    })

    test('void is there and empty', async () => {
      assert.deepEqual((await run(connection, 'select pg_sleep(0) as v')).rows, [['']])
    })

    test('json is never touched', async () => {
      const text = '{"b" : 1.10,  "b":12345678901234567890, "a":"\\u0000é"}'
      assert.deepEqual((await run(connection, `select '${text}'::json as v`)).rows, [[text]])
    })

    test('any numeric is exact, bounded or not', async () => {
      const digits = (most: number) =>
        fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: most })
      const number = fc
        .tuple(fc.boolean(), digits(20), digits(18))
        .map(([minus, whole, fraction]) => `${minus ? '-' : ''}${whole}.${fraction}`)
      const samples = fc.sample(number, 300)
      const rows = samples.map(text => `('${text}')`).join(',')
      const sql = `select v::numeric(38,18), v::numeric, v::numeric(38,18)::text, v::numeric::text from (values ${rows}) as t (v)`
      for (const [bounded, unbounded, boundedText, unboundedText] of (await run(connection, sql)).rows) {
        assert.equal(bounded, boundedText)
        assert.equal(unbounded, unboundedText)
      }
    })

    test('any moment of the calendar is exact', async () => {
      const sql = `select d::date, d::date::text, d, d::text from generate_series(1, 4000) n,
        lateral (select timestamp '2000-01-01' + (n * 18341.7 - 36000000) * interval '1 day 0.000001 second' / 25 as d) t`
      for (const [date, dateText, stamp, stampText] of (await run(connection, sql)).rows) {
        assert.equal(date, dateText)
        assert.equal(stamp, stampText)
      }
    })

    test('any interval reads as the server writes it', async () => {
      const part = (size: number) => fc.integer({ min: -size, max: size })
      const samples = fc.sample(fc.tuple(part(300), part(60), part(90_000_000)), 300)
      const rows = samples.map(([months, days, milliseconds]) => `(${months}, ${days}, ${milliseconds})`).join(',')
      const sql = `select i, i::text, array[i] from (values ${rows}) as t (m, d, s),
        lateral (select make_interval(months => m, days => d, secs => s / 1000.0) as i) x`
      for (const [ours, server, inList] of (await run(connection, sql)).rows) {
        assert.equal(ours, server)
        assert.equal(inList, JSON.stringify([server]))
      }
    })

    test('1,600 columns of many types', async () => {
      const kinds = [
        '1::int4',
        '2::int8',
        "'x'::text",
        '1.5::numeric(6,2)',
        'null::float8',
        "'2026-01-02'::date",
        'true',
        'array[1,2]',
      ]
      const texts = ['1', '2', 'x', '1.50', null, '2026-01-02', 'true', '[1,2]']
      const list = Array.from({ length: 1600 }, (_, index) => `${kinds[index % kinds.length]} as c${index}`)
      const { rows } = await run(connection, `select ${list.join(', ')} from generate_series(1, 500)`)
      assert.equal(rows.length, 500)
      const expected = list.map((_, index) => texts[index % texts.length]!)
      for (const row of [rows[0], rows[255], rows[256], rows[499]]) assert.deepEqual(row, expected)
    })

    test('a widening among 1,600 columns keeps the others', async () => {
      const list = Array.from(
        { length: 300 },
        (_, index) => `(case when n = 90 and ${index} = 200 then 'NaN' else '1' end)::numeric(4,1) as c${index}`,
      )
      const { rows, schema } = await run(connection, `select ${list.join(', ')} from generate_series(1, 100) n`)
      assert.equal(schema.fields[200]!.type.kind, 'utf8')
      assert.equal(schema.fields[199]!.type.kind, 'decimal')
      assert.equal(rows[89]![200], 'NaN')
      assert.equal(rows.flat().filter(value => value === '1.0').length, 300 * 100 - 1)
    })
  })
}

describe('types of extensions', { skip: skipWithoutPostgres(15) }, () => {
  test('geometry is EWKB, hstore and citext are text', async t => {
    await using server = await startTestPostgres(15)
    const { host, port, user } = server
    await using connection = await postgresEngine.open({ host, port, user, database: 'postgres' })
    try {
      await run(connection, 'create extension postgis')
    } catch {
      t.skip('PostGIS is absent: apt-get install postgresql-15-postgis-3')
      return
    }
    await run(connection, 'create extension hstore')
    await run(connection, 'create table places (g geometry(Point,4326), a geography(Point,4326))')
    await run(connection, "insert into places values ('SRID=4326;POINT(1 2)', 'POINT(3 4)')")
    const { schema, rows } = await run(
      connection,
      `select g, a, g::text, a::text, 'a=>1,b=>null'::hstore as h, array[g] as gs, array['a=>1'::hstore] as hs from places`,
    )
    const [geometry, geography, geometryHex, geographyHex, map, geometries, maps] = rows[0]!
    assert.equal(geometry, `\\x${geometryHex!.toLowerCase()}`)
    assert.equal(geography, `\\x${geographyHex!.toLowerCase()}`)
    assert.equal(map, '"a"=>"1", "b"=>NULL')
    assert.equal(geometries, JSON.stringify([geometry]))
    assert.equal(maps, '{"\\"a\\"=>\\"1\\""}')
    assert.equal(schema.fields[0]!.logical, 'wkb')
    assert.equal(schema.fields[0]!.sourceType, 'geometry(Point,4326)')
    assert.deepEqual(schema.fields[0]!.metadata, { srid: '4326' })
    assert.equal(schema.fields[4]!.sourceType, 'hstore')
  })
})

const setup = [
  "create type mood as enum ('sad', 'ok')",
  'create type pair as (a int, b text)',
  'create domain positive as int check (value > 0)',
  'create domain price as numeric(8,2)',
]

function describeType(field: DataField): string {
  return typeName(field.type)
}
