// #region test
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type TestTusk, testTusk } from 'tuskdata/testing'

const hello = (): Promise<TestTusk> => testTusk({ plugins: [join(import.meta.dirname, '..')] })

test('the page greets everybody, and a form adds one more', async () => {
  await using tusk = await hello()
  assert.match(await (await tusk.fetch('/hello')).text(), /Hello, Ada\./)
  assert.match(await (await tusk.submit('/hello/people', { name: '<Linus>' })).text(), /Hello, &lt;Linus&gt;\./)
})

test('the language is a setting', async () => {
  await using tusk = await hello()
  await tusk.tusk.plugins.changeConfig('hello', { language: 'Deutsch', postcard_key: 'secret' })
  assert.match(await (await tusk.fetch('/hello')).text(), /Guten Tag, Ada\./)
})

test('people and hours are tables in DuckDB', async () => {
  await using tusk = await hello()
  const sql = "SELECT name FROM plugin_hello.people, plugin_hello.hours WHERE greeting = 'Good morning' AND hour = 6"
  assert.deepEqual(await tusk.rows(`${sql} ORDER BY name`), [['Ada'], ['Grace']])
})
// #endregion

test('who may not write is offered no button that writes', async () => {
  const reader = { id: 'ada', name: 'Ada', can: (permission: string) => permission !== 'plugin.hello.write' }
  await using tusk = await testTusk({ plugins: [join(import.meta.dirname, '..')], actor: reader })
  for (const path of ['/hello', '/hello/people']) {
    const html = await (await tusk.fetch(path)).text()
    assert.match(html, /Hello, Ada\./)
    assert.doesNotMatch(html, /hx-(?:post|delete)/)
  }
  assert.equal((await tusk.submit('/hello/people/1', {}, 'DELETE')).status, 403)
  await using writer = await hello()
  assert.match(await (await writer.fetch('/hello/people')).text(), /hx-delete=/)
})

test('an answer to htmx says what was done', async () => {
  await using tusk = await hello()
  const answer = await tusk.submit('/hello/people', { name: 'Linus' })
  assert.deepEqual(JSON.parse(answer.headers.get('HX-Trigger') ?? ''), {
    tuskToast: { message: 'Linus is greeted from now on.', variant: 'success' },
  })
})

test('the API lists people and greets what a statement finds', async () => {
  await using tusk = await hello()
  const people = await (await tusk.fetch('/api/plugins/hello/people')).json()
  assert.deepEqual(people, [
    { id: 1, name: 'Ada', greeted: 0 },
    { id: 2, name: 'Grace', greeted: 0 },
  ])
  const connectionId = await tusk.connect('duckdb', { path: ':memory:' })
  const answer = await tusk.fetch('/api/plugins/hello/greet', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ connectionId, sql: "SELECT * FROM (VALUES ('you'), (NULL), ('me')) AS t" }),
  })
  const { resultId, rowCount } = (await answer.json()) as { resultId: string; rowCount: number }
  assert.equal(rowCount, 3)
  const exported = await tusk.fetch(`/api/results/${resultId}/export?format=hello-html&exportId=${crypto.randomUUID()}`)
  const html = await exported.text()
  assert.match(html, /<th>greeting<\/th>.*<td>Hello, you\.<\/td>.*<td><\/td>.*<td>Hello, me\.<\/td>/s)
})

test('the job greets everybody', async () => {
  await using tusk = await hello()
  const [job] = tusk.tusk.timetable.list()
  assert.equal(job?.id, 'hello/greet')
})
