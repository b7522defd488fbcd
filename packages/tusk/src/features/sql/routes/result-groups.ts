import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { TuskError } from '../../../errors.ts'
import type { Static } from '../../../plugins/route-schema.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import type { PointsRequest } from '../../../results/grouping.ts'
import { wireResult } from '../result-wire.ts'
import { ById, GroupingBody, grouping, PointsBody } from './schemas.ts'

/** Groups of a result's rows: as a result of their own, or a few of them to draw and to choose from. */
export function resultGroupRoutes(app: FastifyInstance, tusk: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'queries.execute' } as const
  const tags = ['results']

  routes.post(
    '/api/results/:id/groups',
    {
      config,
      schema: { tags, summary: 'Group the rows of a result: a new result', params: ById, body: GroupingBody },
    },
    async ({ actor, params, body }, reply) => {
      const made = await tusk.compute.group(actor.id, params.id, grouping(body), { signal: reply.lifetime() })
      return reply.code(201).send(wireResult(made))
    },
  )
  routes.post(
    '/api/results/:id/points',
    {
      config,
      schema: { tags, summary: 'Groups or sampled rows of a result, as text', params: ById, body: PointsBody },
    },
    ({ actor, params, body }, reply) =>
      tusk.compute.points(actor.id, params.id, pointsRequest(body), { signal: reply.lifetime() }),
  )
}

function pointsRequest({ grouping: groups, sample, rows, limit }: Static<typeof PointsBody>): PointsRequest {
  if (groups !== undefined) return { grouping: grouping(groups), limit }
  if (sample === undefined) throw new TuskError('BAD_REQUEST', 'Say what to group by, or which columns to sample.')
  return { sample, limit, ...(rows === undefined ? {} : { rows: rows as NonNullable<PointsRequestRows> }) }
}

type PointsRequestRows = Extract<PointsRequest, { readonly sample: unknown }>['rows']
