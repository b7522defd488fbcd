import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import type { DataField, LogicalType } from '../../../src/arrow/data-type.ts'
import { duckdbEngine } from '../../../src/engines/duckdb/engine.ts'
import { sortKeys } from '../../../src/engines/duckdb/sort-keys.ts'
import { run } from '../../contract/index.ts'

const connection = await duckdbEngine.open({})
after(() => connection[Symbol.asyncDispose]())

test('decimals of any length sort as numbers, with NaN last and both infinities in their places', async () => {
  const long = '9'.repeat(1000)
  const order = [
    '-Infinity',
    `-${long}`,
    '-10',
    '-9.5',
    '-1.55',
    '-1.5',
    '-0.05',
    '0',
    '0.05',
    '0.5',
    '1',
    '9',
    '10',
    '99.99',
  ]
  await assertOrder(textField('decimal'), [...order, long, `${long}.5`, 'Infinity', 'NaN'])
})

test('zeros are equal however they are written', async () => {
  const [key] = sortKeys(textField('decimal'), 'x')
  const { rows } = await run(
    connection,
    `select count(distinct ${key}) from (values ('0'), ('-0'), ('0.000'), ('000')) t(x)`,
  )
  assert.deepEqual(rows, [['1']])
})

test('any two decimals compare as their numbers do', async () => {
  const digits = fc.stringMatching(/^\d{1,25}(\.\d{1,25})?$/)
  const decimal = fc.tuple(fc.boolean(), digits).map(([negative, text]) => (negative ? `-${text}` : text))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(decimal, decimal), { minLength: 50, maxLength: 200 }), async pairs => {
      const values = pairs.map(([one, other]) => `('${one}', '${other}')`).join(', ')
      const [a] = sortKeys(textField('decimal'), 'a')
      const [b] = sortKeys(textField('decimal'), 'b')
      const { rows } = await run(connection, `select ${a} < ${b}, ${a} = ${b} from (values ${values}) t(a, b)`)
      for (const [index, [one, other]] of pairs.entries()) {
        const difference = scaled(one) - scaled(other)
        assert.deepEqual(rows[index], [String(difference < 0n), String(difference === 0n)], `${one} and ${other}`)
      }
    }),
    { numRuns: 10 },
  )
})

test('hugeints sort as numbers', async () => {
  const field = { ...textField('decimal'), sourceType: 'HUGEINT' }
  await assertOrder(field, [
    '-170141183460469231731687303715884105728',
    '-5',
    '0',
    '40',
    '300',
    '170141183460469231731687303715884105727',
  ])
})

test('intervals sort as in PostgreSQL: a month is 30 days and a day 24 hours', async () => {
  await assertOrder(textField('interval'), [
    '-infinity',
    '-1 years -2 mons +3 days -04:05:06',
    '-1 days',
    '1 day -25:00:00',
    '-00:00:01',
    '00:00:00',
    '29 days 23:59:59',
    '1 mon',
    '30 days 00:00:01',
    '31 days',
    '1 year',
    '1 year 2 mons -3 days +04:05:06.789',
    '1 year 2 months -3 days 04:05:07',
    'infinity',
  ])
})

test('times with a zone sort by their instant', async () => {
  await assertOrder(textField('timetz'), ['00:00:00+14', '04:05:06+02:30', '04:05:06+02', '03:05:06+00', '24:00:00-12'])
})

test('enums sort by their labels', async () => {
  await assertOrder({ ...textField('enum'), labels: ['sad', 'ok', `ha'ppy`] }, ['sad', 'ok', `ha'ppy`])
})

test('a column of several types sorts numbers before text, exactly', async () => {
  await assertOrder(textField('mixed'), [
    '-1.5',
    '9',
    '10',
    '9223372036854775806',
    '9223372036854775807',
    '',
    'Z',
    'a',
    'ä',
  ])
})

test('text sorts by its bytes', async () => {
  await assertOrder({ name: 'x', type: { kind: 'utf8' }, nullable: true }, [
    '',
    'B',
    'a',
    'aa',
    'b',
    'ä',
    '\u{ffee}',
    '𝄞',
  ])
})

/** The values, given in reverse, come in this order, NULL last. */
async function assertOrder(field: DataField, order: readonly string[]): Promise<void> {
  const values = [null, ...order]
    .toReversed()
    .map(value => (value === null ? '(NULL)' : `('${value.replaceAll("'", "''")}')`))
  const keys = sortKeys(field, 'x').map(key => `${key} NULLS LAST`)
  const { rows } = await run(connection, `select x from (values ${values.join(', ')}) t(x) order by ${keys.join(', ')}`)
  assert.deepEqual(
    rows.map(([text]) => text),
    [...order, null],
  )
}

function textField(logical: LogicalType): DataField {
  return { name: 'x', type: { kind: 'utf8' }, nullable: true, logical }
}

function scaled(text: string): bigint {
  const [whole, fraction = ''] = text.split('.')
  return BigInt(whole! + fraction.padEnd(30, '0'))
}
