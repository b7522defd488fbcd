import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { TuskError } from '../../../errors.ts'
import { Type } from '../../../plugins/route-schema.ts'
import type { Snippets } from '../snippets.ts'
import { closed } from './schemas.ts'

const Trigger = Type.String({ minLength: 1, maxLength: 40 })

/** Pieces of SQL that a word brings. */
export function snippetRoutes(app: FastifyInstance, snippets: Snippets): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'queries.execute' } as const
  const tags = ['snippets']

  routes.get('/api/snippets', { config, schema: { tags, summary: 'Your snippets' } }, ({ actor }) => ({
    snippets: snippets.list(actor),
  }))

  routes.put(
    '/api/snippets',
    {
      config,
      schema: {
        tags,
        summary: 'Keep a snippet, in place of the one with the word `instead`',
        body: closed({
          trigger: Trigger,
          body: Type.String({ minLength: 1, maxLength: 20_000 }),
          instead: Type.Optional(Trigger),
        }),
      },
    },
    ({ actor, body: { trigger, body, instead } }) => snippets.keep(actor, { trigger, body }, instead),
  )

  routes.delete(
    '/api/snippets',
    { config, schema: { tags, summary: 'Delete a snippet', querystring: closed({ trigger: Trigger }) } },
    ({ actor, query }, reply) => {
      if (!snippets.remove(actor, query.trigger)) throw new TuskError('NOT_FOUND', 'There is no such snippet.')
      return reply.code(204).send()
    },
  )
}
