import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Actor } from '../../../auth/actor.ts'
import { Type } from '../../../plugins/route-schema.ts'
import type { WireWork } from '../../../wire.ts'
import type { Running } from '../running.ts'
import { closed } from './schemas.ts'

const Work = closed({ kind: Type.Enum(['run', 'export', 'load']), id: Type.String({ maxLength: 64 }) })

/** What goes on: the page and the same for programs. */
export function runningRoutes(app: FastifyInstance, running: Running): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'queries.execute' } as const
  const tags = ['runs']

  routes.get('/running', { config, schema: { hide: true } }, (request, reply) =>
    show(request.actor, reply, request.isHtmx),
  )
  routes.post('/running/:kind/:id/cancel', { config, schema: { hide: true, params: Work } }, async (request, reply) => {
    await running.cancel(request.actor, request.params.kind, request.params.id)
    return show(request.actor, reply.toast('Cancelled', 'success'), true)
  })
  routes.get(
    '/api/running',
    { config, schema: { tags, summary: 'Everything of yours that goes on; for administrators that of others too' } },
    ({ actor }) => ({ running: running.now(actor), recent: running.recent(actor) }),
  )
  routes.post(
    '/api/running/:kind/:id/cancel',
    {
      config,
      schema: {
        tags,
        summary: 'Cancel a run, an export or a load; administrators cancel runs of others too',
        params: Work,
      },
    },
    async (request, reply) => {
      await running.cancel(request.actor, request.params.kind, request.params.id)
      return reply.code(204).send()
    },
  )

  function show(actor: Actor, reply: FastifyReply, block: boolean): Promise<FastifyReply> {
    const context = {
      title: 'Running',
      running: running.now(actor).map(shown),
      recent: running.recent(actor).map(shown),
    }
    return reply.page('plugins/sql/running.html', context, block ? { block: 'list' } : {})
  }
}

function shown(work: WireWork) {
  return {
    ...work,
    resultId: work.resultId ?? '',
    age: seconds(work.milliseconds),
    rows: work.rowCount.toLocaleString('en-US'),
    size: megabytes(work.byteCount),
  }
}

/** `0.4 s`, `75 s`, `12 min`, `3 h 20 min`. */
function seconds(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1_000)
  if (whole < 10) return `${(milliseconds / 1_000).toFixed(1)} s`
  if (whole < 120) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

function megabytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3).toLocaleString('en-US')} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}
