// #region pages
import type { Actor, FastifyInstance, FastifyReply, PluginTusk } from 'tuskdata/plugin'
import { closed, Type, type TypeBoxTypeProvider } from 'tuskdata/schema'
import { greeting } from './config.ts'
import { addPerson, people, removePerson } from './storage.ts'

/** The page, and the parts of it that htmx swaps. */
export function pageRoutes(app: FastifyInstance, tusk: PluginTusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const read = { config: { permission: 'authenticated' } } as const
  const write = { config: { permission: 'plugin.hello.write' } } as const
  const mayWrite = (actor: Actor) => actor.can('plugin.hello.write')
  const greetings = (search?: string) =>
    people(tusk.storage, search).map(person => ({ ...person, greeting: greeting(person.name, tusk.config) }))

  routes.get('/hello', { ...read, schema: { hide: true } }, (request, reply) =>
    reply.page('plugins/hello/hello.html', {
      title: 'Hello',
      people: greetings(),
      language: tusk.config.values.language,
      may_write: mayWrite(request.actor),
      islands: ['hello/wave'],
    }),
  )

  // What a person may not do is not offered either. That it is refused is the work of `config.permission`.
  const rows = (reply: FastifyReply, search?: string) =>
    reply.partial('plugins/hello/rows.html', { people: greetings(search), may_write: mayWrite(reply.request.actor) })

  const Search = closed({ q: Type.Optional(Type.String({ maxLength: 100 })) })
  routes.get('/hello/people', { ...read, schema: { hide: true, querystring: Search } }, (request, reply) =>
    rows(reply, request.query.q),
  )

  const NewPerson = closed({ name: Type.String({ minLength: 1, maxLength: 100 }) })
  routes.post('/hello/people', { ...write, schema: { hide: true, body: NewPerson } }, (request, reply) => {
    addPerson(tusk.storage, request.body.name)
    return rows(reply.toast(`${request.body.name} is greeted from now on.`))
  })

  const ById = closed({ id: Type.Integer({ minimum: 1 }) })
  routes.delete('/hello/people/:id', { ...write, schema: { hide: true, params: ById } }, (request, reply) => {
    const isGone = removePerson(tusk.storage, request.params.id)
    return rows(isGone ? reply : reply.toast('Somebody else was faster.', 'info'))
  })
}
// #endregion
