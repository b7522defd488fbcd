import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from '../../../plugins/route-schema.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import { wireResult } from '../result-wire.ts'
import { ById, closed } from './schemas.ts'

const Names = Type.Array(Type.String({ maxLength: 1_000 }), { maxItems: 2_000 })
const Diff = closed({
  /** Id of the result to compare with. */
  other: Type.String({ maxLength: 64 }),
  key: Type.Optional(Type.Array(Type.String({ maxLength: 1_000 }), { minItems: 1, maxItems: 32 })),
  tolerance: Type.Optional(Type.Number({ minimum: 0 })),
  ignore: Type.Optional(Names),
})

/** What is different between two results. */
export function resultDiffRoutes(app: FastifyInstance, tusk: Tusk): void {
  app.withTypeProvider<TypeBoxTypeProvider>().post(
    '/api/results/:id/diff',
    {
      config: { permission: 'queries.execute' },
      schema: {
        tags: ['results'],
        summary: 'What is different in another result: a new result, and how many rows',
        params: ById,
        body: Diff,
      },
    },
    async ({ actor, params, body: { other, ...request } }, reply) => {
      const { result, summary } = await tusk.compute.diff(actor.id, params.id, other, request, {
        signal: reply.lifetime(),
      })
      return reply.code(201).send({ result: wireResult(result), summary })
    },
  )
}
