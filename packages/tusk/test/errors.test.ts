import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { errorCodes, TuskError } from '../src/errors.ts'

test('docs/errors.md lists exactly the codes of the table, with their status and sentence', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.*?) \|/gm)].map(([, code, status, message]) => [
    code,
    Number(status),
    message,
  ])
  assert.deepEqual(
    rows,
    Object.entries(errorCodes).map(([code, { status, message }]) => [code, status, message]),
  )
})

test('an error survives the way to another process', () => {
  const error = new TuskError('QUERY_FAILED', 'no such table', {
    detail: 'd',
    hint: 'h',
    sourceCode: '42P01',
    position: 7,
    cause: new Error('c'),
  })
  const back = TuskError.fromJSON(JSON.parse(JSON.stringify(error)))
  assert.deepEqual(back.toJSON(), error.toJSON())
  assert.equal(back.status, 422)
  assert.equal(TuskError.from(back), back)
  assert.equal(TuskError.from('text').message, 'text')
})
