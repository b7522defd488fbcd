import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { localActor } from '../../../src/auth/actor.ts'
import { startMultiStudioHere } from '../../support/multi-studio-here.ts'
import { textRows } from '../../support/spool-fixture.ts'

suite('the audit log in SQL', () => {
  const closing: (() => void | Promise<void>)[] = []
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  test('is a table of DuckDB for who manages people, as it is at that moment, and for nobody else', async () => {
    const studio = await startMultiStudioHere({ after: end => void closing.push(end) })
    closing.push(async () => studio[Symbol.asyncDispose]())
    const { tusk, auth } = studio
    const actorNamed = (name: string) => auth.actorOf(auth.people.byName(name)?.id ?? '')
    const [root, engineer] = [actorNamed('root'), actorNamed('engineer')]
    const sql =
      "SELECT actor_name, action, target, outcome, details->>'issuer' AS issuer FROM plugin_audit.log WHERE action LIKE 'person.%link' ORDER BY id"
    const connect = (actor: typeof root) =>
      tusk.connections.create(actor, { name: 'Notes', engine: 'duckdb', config: { path: ':memory:' } })
    const { id: own } = await connect(root)
    auth.people.link(root, engineer.id, { issuer: 'https://login.example.org', subject: 's' })
    const result = await tusk.run(root, { connectionId: own, sql })
    await result.done
    const bytes = await result.window({ offset: 0, limit: 10 }, {})
    assert.deepEqual(textRows(bytes), [['root', 'person.link', 'engineer', 'done', 'https://login.example.org']])
    const listed = await tusk.catalog.relations(root, own)
    assert.ok(listed.relations.some(({ schema, name }) => schema === 'plugin_audit' && name === 'log'))

    const { id: theirs } = await connect(engineer)
    await assert.rejects(tusk.run(engineer, { connectionId: theirs, sql }), /plugin_audit/)
    const other = await tusk.catalog.relations(engineer, theirs)
    assert.ok(!other.relations.some(({ schema }) => schema === 'plugin_audit'))
    await assert.rejects(
      tusk.run(root, { connectionId: own, sql: "INSERT INTO plugin_audit.log (action) VALUES ('x')" }),
    )
    assert.equal(auth.audit.list({ action: 'x' }).entries.length, 0)
    assert.ok(auth.audit.list({ search: localActor.name }).entries.length > 0)
  })
})
