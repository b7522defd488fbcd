import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { duckdbRules } from '../../src/dialect/duckdb.ts'
import { resultReferences } from '../../src/dialect/result-references.ts'
import { rewrite } from '../../src/dialect/rewrite.ts'

suite('@name in SQL', () => {
  const cases: readonly (readonly [sql: string, ...names: string[]])[] = [
    ['SELECT * FROM @orders', 'orders'],
    ['from @Orders', 'orders'],
    ['SELECT 1 FROM a JOIN @b USING (id) LEFT JOIN @c ON @b.id = @c.id', 'b', 'c'],
    ['SELECT * FROM @a, @b, c WHERE x IN (SELECT y FROM @d)', 'a', 'b', 'd'],
    ['SELECT (SELECT max(n) FROM @a) AS n, @b', 'a'],
    ['SELECT @x, @y FROM t', ...[]],
    ["SELECT '@a FROM @b' FROM t -- FROM @c\n/* JOIN @d */", ...[]],
    ['SELECT "FROM @a" FROM t', ...[]],
    ['SELECT * FROM t WHERE a @> b AND c <@ d AND @ e > 1', ...[]],
    ['SELECT * FROM @ orders', ...[]],
    ['SELECT $$ FROM @a $$ FROM @b', 'b'],
    ['INSERT INTO t SELECT * FROM @a', 'a'],
    ['WITH x AS (FROM @a) SELECT * FROM x, @b ORDER BY @x, @y', 'a', 'b'],
  ]
  for (const [sql, ...names] of cases)
    test(sql.replaceAll('\n', ' '), () => {
      const found = resultReferences(sql, duckdbRules)
      assert.deepEqual(
        found.map(({ name }) => name),
        names,
      )
      for (const { from, to, name } of found) assert.equal(sql.slice(from, to).toLowerCase(), `@${name}`)
    })

  test('what is written instead moves the places after it, and they are found again', () => {
    const sql = 'SELECT wrong FROM @a JOIN @bb USING (id) WHERE alsowrong'
    const { sql: out, positionOf } = rewrite(
      sql,
      resultReferences(sql, duckdbRules),
      ({ name }) => `tusk_results."${name}"`,
    )
    assert.equal(out, 'SELECT wrong FROM tusk_results."a" JOIN tusk_results."bb" USING (id) WHERE alsowrong')
    for (const word of ['wrong', 'JOIN', 'USING', 'alsowrong'])
      assert.equal(positionOf(out.indexOf(word)), sql.indexOf(word), word)
    assert.equal(positionOf(out.indexOf('"bb"')), sql.indexOf('@bb'))
  })
})
