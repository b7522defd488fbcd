import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { TableDetails } from '../../../engine/table-details.ts'
import { Type } from '../../../plugins/route-schema.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import { applyChanges, changeStatements } from '../tables/table-changes.ts'
import { nameOf, readTableRows } from '../tables/table-rows.ts'
import { ById, closed } from './schemas.ts'

const Name = Type.String({ minLength: 1, maxLength: 1_000 })
const TableName = closed({ catalog: Type.Optional(Name), schema: Name, name: Name })
const Value = Type.String({ maxLength: 16_000_000 })
const Seen = Type.Record(Type.String(), Type.Union([Value, Type.Null()]))
const NewValues = Type.Record(
  Type.String(),
  Type.Union([closed({ value: Type.Union([Value, Type.Null()]) }), closed({ default: Type.Literal(true) })]),
)
const Changes = closed({
  table: TableName,
  resultId: Type.String({ maxLength: 64 }),
  changes: Type.Array(
    Type.Union([
      closed({ kind: Type.Literal('insert'), set: NewValues }),
      closed({ kind: Type.Literal('update'), seen: Seen, set: NewValues }),
      closed({ kind: Type.Literal('delete'), seen: Seen }),
    ]),
    { minItems: 1, maxItems: 10_000 },
  ),
  confirmed: Type.Optional(Type.Boolean()),
})

/** The page of a table: what it is, its rows, and changes of them. */
export function tableRoutes(app: FastifyInstance, tusk: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['tables']
  const bodyLimit = 24 * 1024 * 1024

  routes.get('/sql/tables', { config: { permission: 'queries.execute' }, schema: { hide: true } }, (_request, reply) =>
    reply.page('plugins/sql/table.html', {
      title: 'Table',
      islands: ['table-page'],
      props: {},
    }),
  )
  routes.get(
    '/api/connections/:id/table',
    {
      config: { permission: 'connections.view' },
      schema: {
        tags,
        summary: 'Keys, indexes, constraints, triggers, rights, size and DDL of a table or view',
        params: ById,
        querystring: closed({
          catalog: Type.Optional(Name),
          schema: Name,
          name: Name,
          refresh: Type.Optional(Type.Boolean()),
        }),
      },
    },
    ({ actor, params, query }, reply): Promise<TableDetails> =>
      tusk.catalog.table(actor, params.id, nameOf(query), {
        refresh: query.refresh === true,
        signal: reply.lifetime(60_000),
      }),
  )
  routes.post(
    '/api/connections/:id/rows',
    {
      config: { permission: 'queries.execute' },
      schema: {
        tags,
        summary: 'Read rows of a table: a run like any other',
        params: ById,
        body: closed({
          table: TableName,
          filter: Type.Optional(
            Type.Array(closed({ column: Name, value: Type.String({ maxLength: 100_000 }) }), { maxItems: 32 }),
          ),
          limit: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
        }),
      },
    },
    async ({ actor, params, body }, reply) =>
      reply.code(201).send(await readTableRows(tusk, actor, params.id, body, reply.lifetime(60_000))),
  )
  routes.post(
    '/api/connections/:id/changes/preview',
    {
      config: { permission: 'queries.execute' },
      bodyLimit,
      schema: { tags, summary: 'The statements of changes of rows; nothing is run', params: ById, body: Changes },
    },
    async ({ actor, params, body }, reply) => {
      const statements = await changeStatements(tusk, actor, params.id, body, reply.lifetime(60_000))
      return { statements: statements.map(({ text }) => text) }
    },
  )
  routes.post(
    '/api/connections/:id/changes',
    {
      config: { permission: 'queries.execute' },
      bodyLimit,
      schema: { tags, summary: 'Change rows in one transaction: all of them or none', params: ById, body: Changes },
    },
    ({ actor, params, body }, reply) => applyChanges(tusk, actor, params.id, body, reply.lifetime()),
  )
}
