import '../../plugins/http.ts'
import { Readable } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Actor } from '../../auth/actor.ts'
import type { Auth } from '../../auth/auth.ts'
import { type ConnectionNames, connectionNames } from '../../auth/directory/connection-names.ts'
import type { DirectoryPlan } from '../../auth/directory/directory.ts'
import { readDirectory, writeDirectory } from '../../auth/directory/directory-document.ts'
import { oneTimePassword } from '../../auth/password-rules.ts'
import { hashPassword } from '../../auth/passwords.ts'
import type { TuskError } from '../../errors.ts'
import { type Static, Type } from '../../plugins/route-schema.ts'
import type { Tusk } from '../../plugins/tusk.ts'
import { known } from './people-routes.ts'
import { closed } from './schemas.ts'

const Import = closed({
  document: Type.String({ maxLength: 900_000 }),
  prune: Type.Optional(Type.Union([Type.Boolean(), Type.Literal('on')])),
  /** Of a look at it; absent: only look. */
  fingerprint: Type.Optional(Type.String({ maxLength: 64 })),
})

type Done = { readonly plan: DirectoryPlan; readonly passwords: Readonly<Record<string, string>> }

/** People, groups and rights as one file, out and in. */
export function directoryRoutes(app: FastifyInstance, auth: Auth, tusk: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'system.users' } as const

  const names = (actor: Actor): ConnectionNames => connectionNames(tusk.connections.ownedBy(actor))
  const look = (actor: Actor, { document, prune }: Static<typeof Import>): DirectoryPlan =>
    auth.directory.plan(actor, readDirectory(document), names(actor), { prune: isOn(prune) })
  const apply = async (actor: Actor, body: Static<typeof Import>, fingerprint: string): Promise<Done> => {
    const { needPassword } = look(actor, body)
    const passwords = new Map(needPassword.map(name => [name, oneTimePassword()]))
    const hashes = new Map<string, string>()
    for (const [name, password] of passwords) hashes.set(name, await hashPassword(password))
    const plan = auth.directory.apply(actor, readDirectory(body.document), names(actor), {
      prune: isOn(body.prune),
      fingerprint,
      passwordHashOf: name => hashes.get(name),
    })
    return { plan, passwords: Object.fromEntries(passwords) }
  }
  const page = (
    reply: FastifyReply,
    shown: {
      readonly typed?: Static<typeof Import>
      readonly plan?: DirectoryPlan
      readonly done?: Done
      readonly failure?: TuskError
    } = {},
    block = false,
  ): Promise<FastifyReply> =>
    reply.page(
      'plugins/users/directory.html',
      {
        title: 'Import and export',
        typed: shown.typed?.document ?? '',
        prune: isOn(shown.typed?.prune),
        plan: shown.plan ?? null,
        done:
          shown.done === undefined
            ? null
            : { changes: shown.done.plan.changes, passwords: Object.entries(shown.done.passwords) },
        failure: shown.failure?.toJSON() ?? null,
      },
      block ? { block: 'body' } : {},
    )

  routes.get('/users/directory', { config, schema: { hide: true } }, (_request, reply) => page(reply))
  routes.get(
    '/api/users/directory',
    {
      config: { ...config, crossSite: 'deny' },
      schema: { tags: ['users'], summary: 'People, groups and rights as a TOML file, without passwords' },
    },
    ({ actor }, reply) =>
      reply.download({
        name: 'tusk-users.toml',
        mimeType: 'application/toml',
        bytes: Readable.from([writeDirectory(auth.directory.export(actor, names(actor)))]),
      }),
  )
  routes.post('/users/directory', { config, schema: { hide: true, body: Import } }, async (request, reply) => {
    const { actor, body } = request
    try {
      if (body.fingerprint === undefined) return await page(reply, { typed: body, plan: look(actor, body) }, true)
      return await page(reply, { done: await apply(actor, body, body.fingerprint) }, true)
    } catch (error) {
      return page(reply, { typed: body, failure: known(error) }, true)
    }
  })
  routes.post(
    '/api/users/directory',
    {
      config,
      schema: {
        tags: ['users'],
        summary:
          'What a TOML file of people, groups and rights would change; with the fingerprint of that look, change it',
        body: Import,
      },
    },
    async ({ actor, body }) => {
      if (body.fingerprint === undefined) return { done: false, ...look(actor, body) }
      const { plan, passwords } = await apply(actor, body, body.fingerprint)
      return { done: true, ...plan, oneTimePasswords: passwords }
    },
  )
}

function isOn(value: boolean | 'on' | undefined): boolean {
  return value === true || value === 'on'
}
