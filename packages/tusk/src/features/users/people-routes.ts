import '../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Actor } from '../../auth/actor.ts'
import type { Auth } from '../../auth/auth.ts'
import { oneTimePassword } from '../../auth/password-rules.ts'
import { hashPassword } from '../../auth/passwords.ts'
import type { Person } from '../../auth/people.ts'
import { permissionCategories } from '../../auth/permissions.ts'
import { TuskError } from '../../errors.ts'
import { type Static, Type } from '../../plugins/route-schema.ts'
import { type PeopleSearch, searchPeople } from './people-search.ts'
import { ById, closed, listOf, Several } from './schemas.ts'

const text = Type.Optional(Type.String({ maxLength: 200 }))
const flag = Type.Optional(Type.Union([Type.Boolean(), Type.Literal('on')]))
const New = closed({
  name: Type.String({ maxLength: 200 }),
  email: text,
  displayName: text,
  administrator: flag,
  groups: Several,
})
const Change = closed({
  email: text,
  displayName: text,
  administrator: flag,
  groups: Several,
  version: Type.Optional(Type.Integer()),
})

const Search = closed({
  q: text,
  group: Type.Optional(Type.String({ maxLength: 64 })),
  state: Type.Optional(Type.Enum(['', 'active', 'disabled', 'administrator'])),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
})

/** `heir`: id of who takes over; empty or absent: all is deleted. */
const Removal = closed({ heir: Type.Optional(Type.String({ maxLength: 64 })) })

/** People: the page and the same for programs. */
export function peopleRoutes(app: FastifyInstance, auth: Auth): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'system.users' } as const
  const api = <Schema extends object>(summary: string, schema: Schema = {} as Schema) => ({
    config,
    schema: { tags: ['users'], summary, ...schema },
  })

  const create = async (by: Actor, input: Static<typeof New>) => {
    const password = oneTimePassword()
    const { name, email, displayName, administrator, groups } = input
    const person = auth.people.create(by, {
      name,
      ...(email === undefined ? {} : { email }),
      ...(displayName === undefined ? {} : { displayName }),
      administrator: isOn(administrator),
      groups: listOf(groups),
      passwordHash: await hashPassword(password),
      mustChangePassword: true,
    })
    return { person, oneTimePassword: password }
  }
  const reset = async (by: Actor, id: string) => {
    const password = oneTimePassword()
    auth.people.setPassword(by, id, await hashPassword(password), { mustChange: true })
    return { person: auth.people.get(id), oneTimePassword: password }
  }

  /** Gives why what they owned is not settled yet, if it is not: the person is gone all the same, and the studio tries again. */
  const remove = async (by: Actor, id: string, heirId = ''): Promise<TuskError | undefined> => {
    auth.people.remove(by, id, heirId === '' ? undefined : heirId)
    try {
      await auth.departures.settle(by, id)
      return undefined
    } catch (error) {
      return TuskError.from(error)
    }
  }

  routes.get('/users', { config, schema: { hide: true, querystring: Search } }, (request, reply) =>
    showPeople(reply, { search: request.query, ...(request.isHtmx ? { block: 'rows' } : {}) }),
  )
  routes.post('/users', { config, schema: { hide: true, body: New } }, async (request, reply) => {
    try {
      return await showPeople(reply, { made: await create(request.actor, request.body), block: 'list' })
    } catch (error) {
      return showPeople(reply, { failure: known(error), typed: request.body, block: 'list' })
    }
  })
  routes.get('/users/:id', { config, schema: { hide: true, params: ById } }, (request, reply) =>
    showPerson(reply, request.params.id),
  )
  routes.post('/users/:id', { config, schema: { hide: true, params: ById, body: Change } }, async (request, reply) => {
    const { id } = request.params
    const { administrator, groups, ...rest } = request.body
    try {
      // A box that is not ticked is not sent.
      auth.people.update(request.actor, id, {
        ...given(rest),
        administrator: isOn(administrator),
        groups: listOf(groups),
      })
      return await showPerson(reply, id, { saved: true, block: true })
    } catch (error) {
      return showPerson(reply, id, { failure: known(error), block: true })
    }
  })
  for (const action of ['disable', 'enable', 'reset-password', 'sign-out'] as const)
    routes.post(`/users/:id/${action}`, { config, schema: { hide: true, params: ById } }, async (request, reply) => {
      const { id } = request.params
      try {
        if (action === 'reset-password')
          return await showPerson(reply, id, { made: await reset(request.actor, id), block: true })
        if (action === 'sign-out') auth.people.signOut(request.actor, id)
        else auth.people.update(request.actor, id, { active: action === 'enable' })
        return await showPerson(reply, id, { block: true })
      } catch (error) {
        return showPerson(reply, id, { failure: known(error), block: true })
      }
    })
  routes.post(
    '/users/:id/delete',
    { config, schema: { hide: true, params: ById, body: Removal } },
    async (request, reply) => {
      try {
        const left = await remove(request.actor, request.params.id, request.body.heir)
        if (left !== undefined) reply.toast(`Deleted. ${notSettled(left)}`, 'warning')
        return reply.openPage('/users').send('')
      } catch (error) {
        return showPerson(reply, request.params.id, { failure: known(error), block: true })
      }
    },
  )

  routes.get(
    '/api/users',
    api('People, with their groups', { querystring: closed({ q: text }) }),
    ({ query: { q } }) => {
      const users = auth.people.list()
      return { users: q === undefined ? users : searchPeople(users, { q }).people }
    },
  )
  routes.post(
    '/api/users',
    api('Make a person; the one-time password is given once', { body: New }),
    async (request, reply) => reply.code(201).send(await create(request.actor, request.body)),
  )
  routes.get('/api/users/:id', api('A person', { params: ById }), request => auth.people.get(request.params.id))
  routes.post(
    '/api/users/:id',
    api('Change a person; what is absent stays', { params: ById, body: Change }),
    request => {
      const { administrator, groups, ...rest } = request.body
      return auth.people.update(request.actor, request.params.id, {
        ...given(rest),
        ...(administrator === undefined ? {} : { administrator: isOn(administrator) }),
        ...(groups === undefined ? {} : { groups: listOf(groups) }),
      })
    },
  )
  for (const action of ['enable', 'disable'] as const)
    routes.post(
      `/api/users/:id/${action}`,
      api(`${action === 'enable' ? 'Let in again' : 'Keep out, and end all sessions of'} a person`, { params: ById }),
      request => auth.people.update(request.actor, request.params.id, { active: action === 'enable' }),
    )
  routes.post('/api/users/:id/password', api('A new one-time password; ends all sessions', { params: ById }), request =>
    reset(request.actor, request.params.id),
  )
  routes.post(
    '/api/users/:id/delete',
    api(
      'Delete a person; `heir` gets their connections and saved queries, the rest is deleted. 202: some of it later',
      {
        params: ById,
        body: Removal,
      },
    ),
    async (request, reply) => {
      const left = await remove(request.actor, request.params.id, request.body.heir)
      if (left !== undefined) return reply.code(202).send({ left: notSettled(left), error: left.toJSON() })
      return reply.code(204).send()
    },
  )

  function showPeople(
    reply: FastifyReply,
    after: {
      readonly made?: Awaited<ReturnType<typeof create>>
      readonly failure?: TuskError
      readonly typed?: Static<typeof New>
      readonly search?: PeopleSearch
      /** Only this part of the page. */
      readonly block?: 'list' | 'rows'
    } = {},
  ): Promise<FastifyReply> {
    const { search = {} } = after
    const found = searchPeople(auth.people.list(), search)
    const context = {
      title: 'Users',
      people: found.people.map(shownPerson),
      total: found.total,
      page: found.page,
      pages: found.pages,
      search: { q: search.q ?? '', group: search.group ?? '', state: search.state ?? '' },
      more: moreOf(search),
      group_choices: [
        { value: '', label: 'all' },
        ...auth.groups.list().map(({ id, name }) => ({ value: id, label: name })),
      ],
      groups: auth.groups.list(),
      made: after.made ?? null,
      failure: after.failure?.toJSON() ?? null,
      typed: after.typed ?? {},
    }
    return reply.page('plugins/users/people.html', context, after.block === undefined ? {} : { block: after.block })
  }

  function showPerson(
    reply: FastifyReply,
    id: string,
    after: {
      readonly made?: Awaited<ReturnType<typeof reset>>
      readonly failure?: TuskError
      readonly saved?: boolean
      readonly block?: boolean
    } = {},
  ): Promise<FastifyReply> {
    const person = auth.people.get(id)
    const own = auth.groups.of(id)
    const context = {
      title: person.name,
      person: shownPerson(person),
      groups: auth.groups.list().map(group => ({ ...group, member: own.some(one => one.id === group.id) })),
      effective: Object.entries(permissionCategories).map(([category, permissions]) => ({
        category,
        permissions: Object.entries(permissions).map(([permission, sentence]) => ({
          permission,
          sentence,
          from: person.administrator
            ? ['administrator']
            : own
                .filter(group => (group.permissions as readonly string[]).includes(permission))
                .map(({ name }) => name),
        })),
      })),
      belongings: auth.belongings.of(id),
      heirs: auth.people.list().filter(one => one.active && one.id !== id),
      sessions: auth.sessions
        .of(id)
        .map(session => ({ ...session, lastSeen: new Date(session.lastSeen).toISOString() })),
      made: after.made ?? null,
      failure: after.failure?.toJSON() ?? null,
      saved: after.saved === true,
    }
    return reply.page('plugins/users/person.html', context, after.block === true ? { block: 'body' } : {})
  }
}

function notSettled({ message }: TuskError): string {
  return `What they owned is not settled yet (${message}); Tusk tries again in a minute, and at its next start.`
}

function shownPerson(person: Person) {
  return {
    ...person,
    shown: person.displayName ?? '',
    mail: person.email ?? '',
    last: person.lastSignIn ?? '',
    group_names: person.groups.map(({ name }) => name).join(', '),
  }
}

/** The search again, for the address of another page of it. */
function moreOf({ q = '', group = '', state = '' }: PeopleSearch): string {
  return `&${new URLSearchParams({ q, group, state })}`
}

function isOn(value: boolean | 'on' | undefined): boolean {
  return value === true || value === 'on'
}

function given<Values extends object>(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Values
}

/** Shown on the page; what is our own fault goes on to the error page. */
export function known(error: unknown): TuskError {
  if (error instanceof TuskError && error.code !== 'INTERNAL') return error
  throw error
}
