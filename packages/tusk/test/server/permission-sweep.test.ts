import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { defaultGroups } from '../../src/auth/default-groups.ts'
import { hashPassword } from '../../src/auth/passwords.ts'
import { permissions } from '../../src/auth/permissions.ts'
import { type MultiStudioHere, startMultiStudioHere } from '../support/multi-studio-here.ts'
import { addressOf, type DocumentedRoute, documentedRoutes, routeAt } from '../support/permission-document.ts'
import { writePlugin } from '../support/plugin-folder.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** Somebody who can come, with what they hold by what is documented, not by what the code finds. */
interface Visitor {
  readonly who: string
  readonly headers: Readonly<Record<string, string>>
  readonly known: boolean
  readonly holds: (permission: string) => boolean
  readonly token?: true
  readonly mustChange?: true
}

type Verdict = 'let in' | 'nobody known' | 'refused' | 'password first' | 'nothing here'

/**
 * A route for each permission, as a plugin brings it: permissions whose part of Tusk is not built yet stand before the same gate.
 */
const demanding = `export default {
  id: 'demanding',
  routes(app) {
    for (const permission of ${JSON.stringify(permissions)})
      app.get('/api/plugins/demanding/' + permission, { config: { permission } }, () => ({ open: true }))
  },
}`

suite('every route, for everybody who can come', () => {
  const ends: (() => void | Promise<void>)[] = []
  const routes = documentedRoutes()
  let studio: MultiStudioHere
  before(async () => {
    const context = { after: (end: () => void | Promise<void>) => void ends.push(end) }
    const folder = writePlugin(temporaryDirectory(context), { 'index.js': demanding }, 'tusk-demanding')
    studio = await startMultiStudioHere(context, { pluginFolders: [folder] })
    ends.unshift(async () => {
      await studio[Symbol.asyncDispose]()
    })
  })
  after(async () => {
    for (const end of ends) await end()
  })

  const cookieOf = (personId: string): string => {
    const { secret } = studio.auth.sessions.create({
      personId,
      lifetimeMs: 3_600_000,
      idleMs: 3_600_000,
      address: '127.0.0.1',
      agent: 'sweep',
    })
    return `tusk-session-${new URL(studio.address).port}=${secret}`
  }
  const idOf = (name: string): string => studio.auth.people.byName(name)?.id ?? ''

  /** No handler runs for what changes something: its body is of a kind that is refused after the gate and before anything else. */
  const ask = (method: string, path: string, headers: Readonly<Record<string, string>>): Promise<Response> => {
    const bodyless = method === 'GET' || method === 'HEAD'
    return fetch(studio.address + path, {
      method,
      redirect: 'manual',
      headers: { accept: 'application/json', ...(bodyless ? {} : { 'content-type': 'text/plain' }), ...headers },
      ...(bodyless ? {} : { body: 'a body that nobody reads' }),
    })
  }

  const verdictOf = async (method: string, answer: Response, permission = ''): Promise<Verdict> => {
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true
    const { error } = (isJson ? JSON.parse(text) : {}) as {
      error?: { code: string; message: string; detail?: string }
    }
    if (error?.code === 'NOT_AUTHENTICATED') return 'nobody known'
    if (error?.code === 'PASSWORD_CHANGE_REQUIRED') return 'password first'
    // Refusals of the door say which permission it asks for; what a handler refuses names other reasons.
    const byGate = [`This needs the permission ${permission}.`, 'A token cannot do this; it needs the person.']
    if (error?.code === 'NOT_PERMITTED' && byGate.includes(error.detail ?? '')) return 'refused'
    if (error?.message === 'There is nothing at this address.') return 'nothing here'
    if (method !== 'GET') assert.equal(answer.status, 415, `${method} ${answer.url}: ${text}`)
    return 'let in'
  }

  test('the table has each route that the server has, and no other', () => {
    const line = ({ method, path, permission }: Pick<DocumentedRoute, 'method' | 'path' | 'permission'>): string =>
      `${method} ${path} ${permission}`
    assert.deepEqual(routes.map(line).toSorted(), studio.routes.map(line).toSorted())
    assert.ok(routes.length > 50)
  })

  test('is let in, or refused with the right reason, as the table says, by every method', {
    timeout: 120_000,
  }, async () => {
    const root = studio.auth.actorOf(idOf('root'))
    const analyst = studio.auth.actorOf(idOf('analyst'))
    studio.auth.people.create(localActor, {
      name: 'newcomer',
      administrator: true,
      mustChangePassword: true,
      passwordHash: await hashPassword('one time only words'),
    })
    const group =
      (name: string) =>
      (permission: string): boolean =>
        defaultGroups.some(one => one.name === name && one.permissions.some(held => held === permission))
    const session = (name: string) => ({ headers: { cookie: cookieOf(idOf(name)) }, known: true })
    const token = (actor: typeof root, permission: string) => ({
      headers: {
        authorization: `Bearer ${studio.auth.tokens.create(actor, { name: 'sweep', permissions: [permission], days: 1 }).text}`,
        // A cookie beside a token counts for nothing.
        cookie: cookieOf(idOf('root')),
      },
      known: true,
      token: true as const,
      holds: (asked: string) => asked === permission,
    })
    const visitors: readonly Visitor[] = [
      { who: 'anonymous', headers: {}, known: false, holds: () => false },
      { who: 'a made-up session', headers: { cookie: `${cookieOf(idOf('root'))}x` }, known: false, holds: () => false },
      { who: 'a made-up token', headers: { authorization: 'Bearer tusk_x_y' }, known: false, holds: () => false },
      { who: 'in no group', ...session('nobody'), holds: () => false },
      { who: 'a viewer', ...session('viewer'), holds: group('Viewers') },
      { who: 'an analyst', ...session('analyst'), holds: group('Analysts') },
      { who: 'a data engineer', ...session('engineer'), holds: group('Data Engineers') },
      { who: 'the administrator', ...session('root'), holds: () => true },
      { who: "an administrator's token of one scope", ...token(root, 'connections.view') },
      { who: "an analyst's token of one scope", ...token(analyst, 'queries.execute') },
      { who: 'must change the password', ...session('newcomer'), holds: () => false, mustChange: true },
    ]
    const addresses = [...new Set(routes.map(({ path }) => addressOf(path)))]
    const wrong: string[] = []
    for (const visitor of visitors)
      for (const address of addresses)
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
          const route = routeAt(routes, method, address)
          const answer = await ask(method, address, visitor.headers)
          assert.equal(answer.headers.has('access-control-allow-origin'), false, address)
          const verdict = await verdictOf(method, answer, route?.permission)
          const due = dueFor(visitor, route)
          if (verdict !== due) wrong.push(`${visitor.who}: ${method} ${address}: ${verdict}, not ${due}`)
          if (method !== 'GET') continue
          const head = await ask('HEAD', address, visitor.headers)
          if (head.status !== answer.status)
            wrong.push(`${visitor.who}: HEAD ${address}: ${head.status}, not ${answer.status}`)
        }
    assert.deepEqual(wrong, [])
  })

  for (const permission of permissions)
    test(`${permission} is gained and lost at once, in a session that is open`, async () => {
      const { groups, people } = studio.auth
      const ofTusk = routes.find(one => one.permission === permission)
      const asked = [
        { method: 'GET', path: `/api/plugins/demanding/${permission}` },
        ...(ofTusk === undefined ? [] : [{ method: ofTusk.method, path: addressOf(ofTusk.path) }]),
      ]
      const others = permissions.filter(one => one !== permission)
      const made = groups.create(localActor, { name: `all but ${permission}`, permissions: others })
      const person = people.create(localActor, { name: permission, groups: [made.id] })
      const headers = { cookie: cookieOf(person.id) }
      const look = async (): Promise<Verdict | readonly Verdict[]> => {
        const verdicts = new Set<Verdict>()
        for (const { method, path } of asked)
          verdicts.add(await verdictOf(method, await ask(method, path, headers), permission))
        const [verdict, ...others] = verdicts
        return verdict === undefined || others.length > 0 ? [...verdicts] : verdict
      }
      assert.equal(await look(), 'refused')
      groups.update(localActor, made.id, { name: made.name, permissions: [permission] })
      assert.equal(await look(), 'let in')
      groups.update(localActor, made.id, { name: made.name, permissions: [] })
      assert.equal(await look(), 'refused')
      groups.update(localActor, made.id, { name: made.name, permissions: [permission] })
      people.update(localActor, person.id, { groups: [] })
      assert.equal(await look(), 'refused')
      people.update(localActor, person.id, { groups: [made.id] })
      groups.remove(localActor, made.id)
      assert.equal(await look(), 'refused')
    })
})

function dueFor({ known, holds, token, mustChange }: Visitor, route: DocumentedRoute | undefined): Verdict {
  if (route === undefined) return 'nothing here'
  const { permission, forPerson, beforePasswordChange } = route
  if (permission === 'public') return 'let in'
  if (!known) return 'nobody known'
  if (mustChange === true && !beforePasswordChange) return 'password first'
  if (token === true && forPerson) return 'refused'
  return permission === 'authenticated' || holds(permission) ? 'let in' : 'refused'
}
