import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { pino } from 'pino'
import { localActor } from '../../../src/auth/actor.ts'
import type { Auth } from '../../../src/auth/auth.ts'
import { openAuth } from '../../../src/auth/open-auth.ts'
import { Home } from '../../../src/home/home.ts'
import { type Studio, startStudio } from '../../../src/studio.ts'
import { prepareMultiMode } from '../../support/multi-studio.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const log = pino({ level: 'silent' })

suite('what deleted people leave is settled, whatever happens in between', () => {
  const start = (home: Home, samples = false): Promise<Studio> =>
    startStudio({ home, host: '127.0.0.1', port: 0, samples, plugins: false, log })
  async function prepared(): Promise<Home> {
    const home = Home.open(temporaryDirectory({ after }))
    await prepareMultiMode(home)
    return home
  }
  const idOf = (auth: Auth, name: string): string => auth.people.byName(name)?.id ?? ''
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise(resolve => setImmediate(resolve))
  }
  const connect = (studio: Studio, personId: string, name: string) => {
    const actor = studio.tusk.auth?.actorOf(personId)
    assert.ok(actor)
    return studio.tusk.connections.create(actor, { name, engine: 'duckdb', config: { path: ':memory:' } })
  }

  test('a studio that runs settles what the command line deletes', async () => {
    const home = await prepared()
    await using studio = await start(home)
    const { connections } = studio.tusk
    using auth = openAuth(home.path('auth.db'))
    const [engineer, analyst, viewer] = ['engineer', 'analyst', 'viewer'].map(name => idOf(auth, name))
    assert.ok(engineer && analyst && viewer)
    await connect(studio, engineer, 'Kept')
    await connect(studio, viewer === '' ? '' : engineer, 'Kept too')
    auth.people.remove(localActor, engineer, analyst)
    await until(() => auth.departures.pending().length === 0)
    assert.deepEqual(
      connections.ownedBy(localActor).map(({ name, owner }) => [name, owner]),
      [
        ['Kept', analyst],
        ['Kept too', analyst],
      ],
    )
    auth.people.remove(localActor, analyst)
    await until(() => auth.departures.pending().length === 0)
    assert.deepEqual(connections.ownedBy(localActor), [])
  })

  test('what failed or was cut off in the middle is done by the next start, once', async () => {
    const home = await prepared()
    let heir = ''
    {
      await using studio = await start(home)
      const { auth, connections } = studio.tusk
      assert.ok(auth)
      const engineer = idOf(auth, 'engineer')
      heir = idOf(auth, 'viewer')
      await connect(studio, engineer, 'First')
      await connect(studio, engineer, 'Second')
      let broken = 1
      using _fault = auth.belongings.add({
        what: 'things that break',
        count: () => 0,
        remove: () => {
          if (broken-- > 0) throw new Error('cut off')
        },
        give: () => {
          throw new Error('cut off')
        },
      })
      auth.people.remove(localActor, engineer, heir)
      await assert.rejects(auth.departures.settle(localActor), /cut off/)
      assert.equal(auth.departures.pending().length, 1)
      assert.equal(connections.ownedBy(localActor, heir).length, 2)
    }
    await using studio = await start(home)
    const { auth, connections } = studio.tusk
    await until(() => auth?.departures.pending().length === 0)
    assert.deepEqual(
      connections.ownedBy(localActor).map(({ name, owner }) => [name, owner]),
      [
        ['First', heir],
        ['Second', heir],
      ],
    )
  })

  test('an heir who is deleted before the inheritance was settled leaves it to the next one, or to nobody', async () => {
    for (const next of ['viewer', undefined]) {
      const home = await prepared()
      const { connection, heir } = await (async () => {
        await using studio = await start(home)
        const engineer = idOf(studio.tusk.auth as Auth, 'engineer')
        const { id } = await connect(studio, engineer, 'Inherited')
        return { connection: id, heir: next === undefined ? undefined : idOf(studio.tusk.auth as Auth, next) }
      })()
      {
        using auth = openAuth(home.path('auth.db'))
        auth.people.remove(localActor, idOf(auth, 'engineer'), idOf(auth, 'analyst'))
        auth.people.remove(localActor, idOf(auth, 'analyst'), heir)
        assert.deepEqual(
          new Map(auth.departures.pending().map(one => [one.name, one.heir?.name])),
          new Map([
            ['engineer', next],
            ['analyst', next],
          ]),
        )
      }
      await using studio = await start(home)
      await until(() => studio.tusk.auth?.departures.pending().length === 0)
      const owned = studio.tusk.connections.ownedBy(localActor).map(({ id, owner }) => [id, owner])
      assert.deepEqual(owned, heir === undefined ? [] : [[connection, heir]])
    }
  })

  test('the samples of a first administrator who is gone do not come back without an owner', {
    timeout: 120_000,
  }, async () => {
    const home = await prepared()
    {
      await using studio = await start(home, true)
      const { auth, connections } = studio.tusk
      assert.ok(auth)
      assert.equal(connections.ownedBy(localActor, 'local').length, 2)
      auth.people.create(localActor, { name: 'second', administrator: true })
      auth.people.remove(localActor, 'local')
      await auth.departures.settle(localActor)
      assert.deepEqual(connections.ownedBy(localActor), [])
    }
    await using again = await start(home, true)
    assert.deepEqual(again.tusk.connections.ownedBy(localActor), [])
  })

  test('an heir is somebody else who can come in, and only an administrator gives away what others own', async () => {
    const home = await prepared()
    using auth = openAuth(home.path('auth.db'))
    const [engineer, viewer] = [idOf(auth, 'engineer'), idOf(auth, 'viewer')]
    for (const heir of [engineer, 'nobody-at-all'])
      assert.throws(() => auth.people.remove(localActor, engineer, heir), { code: 'BAD_REQUEST' })
    auth.people.update(localActor, viewer, { active: false })
    assert.throws(() => auth.people.remove(localActor, engineer, viewer), { code: 'BAD_REQUEST' })
    const group = auth.groups.byName('Administrators')
    assert.ok(group)
    auth.people.update(localActor, idOf(auth, 'analyst'), { groups: [group.id] })
    const manager = auth.actorOf(idOf(auth, 'analyst'))
    assert.throws(() => auth.people.remove(manager, engineer, 'local'), { code: 'NOT_PERMITTED' })
    auth.people.remove(manager, engineer)
    assert.equal(auth.departures.pending().length, 1)
  })
})
