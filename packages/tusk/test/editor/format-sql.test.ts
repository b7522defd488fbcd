import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { duckdbDialect, duckdbRules } from '../../src/dialect/duckdb.ts'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import { sqliteDialect } from '../../src/dialect/sqlite.ts'
import { formatSql, saysTheSame } from '../../src/ui/web/editor/format-sql.ts'

const dialects = {
  postgres: { id: 'postgres', sql: postgresDialect },
  duckdb: { id: 'duckdb', sql: duckdbDialect },
  sqlite: { id: 'sqlite', sql: sqliteDialect },
} as const
const format = (text: string, dialect: keyof typeof dialects = 'postgres') =>
  formatSql(text, dialects[dialect], { tabSize: 2 })

suite('formatting SQL', () => {
  test('statements are laid out, what stands between them stays', async () => {
    const { text, left } = await format(
      "select a,b from t where x=1 and y in (1,2);\n\n-- next\nupdate t set a='x  y' where id=3;\n",
    )
    assert.equal(
      text,
      `select
  a,
  b
from
  t
where
  x = 1
  and y in (1, 2);

-- next
update t
set
  a = 'x  y'
where
  id = 3;
`,
    )
    assert.equal(left, 0)
    assert.equal((await format(text)).text, text)
  })

  for (const [dialect, sql] of [
    [
      'postgres',
      "select data->>'a' #>> '{b,c}', x::int[], $1, $tag$ any  thing $tag$, e'\\n', arr[1:2], a @> b, - -1 from \"Odd Name\" t",
    ],
    ['postgres', 'create function f() returns int language plpgsql as $$ begin  return 1;   end $$'],
    [
      'postgres',
      'select distinct on (a) a, count(*) filter (where b) over (partition by c order by d rows between 1 preceding and current row) from t',
    ],
    [
      'duckdb',
      "from 'x.parquet' select * exclude (a), {'k': 1, 'l': [1,2]}, list_transform(l, x -> x+1), a.b.c where @x > 1 qualify row_number() over () = 1",
    ],
    ['duckdb', 'SELECT * FROM @orders JOIN @shops USING (shop)'],
    ['duckdb', 'pivot cities on year using sum(population) group by country'],
    ['sqlite', "select `a`, [b c], \"d\", x'ff', ?1, :name from t where a like '%x%' escape '\\'"],
    ['sqlite', 'insert into t(a,b) values (1,2) on conflict(a) do update set b=excluded.b returning *'],
    ['postgres', 'select /* keep  this */ 1 -- and this\n, 2'],
    ['postgres', 'this is no sql ((('],
    ['postgres', "select 'never closed"],
  ] as const)
    test(`only spaces change: ${sql.slice(0, 60)}`, async () => {
      const { text } = await format(sql, dialect)
      assert.ok(saysTheSame(sql, text, duckdbRules) || text === sql, text)
      const rules = dialects[dialect].sql.split(sql).length
      assert.equal(dialects[dialect].sql.split(text).length, rules)
    })

  test('what would say something else is told apart', () => {
    for (const [one, other] of [
      ['select - -1', 'select --1'],
      ["select 'a  b'", "select 'a b'"],
      ['select a <- b', 'select a < - b'],
      ['select 1 2', 'select 12'],
      ['select A', 'select a'],
    ] as const)
      assert.equal(saysTheSame(one, other, duckdbRules), false, other)
    assert.ok(saysTheSame('select  a\n,b', 'select a, b', duckdbRules))
  })
})
