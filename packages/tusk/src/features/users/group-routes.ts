import '../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { type Actor, isAdministrator } from '../../auth/actor.ts'
import type { Auth } from '../../auth/auth.ts'
import type { Group, GroupInput } from '../../auth/groups.ts'
import { type Limits, limitNames } from '../../auth/limits.ts'
import { permissionCategories } from '../../auth/permissions.ts'
import type { TuskError } from '../../errors.ts'
import type { Root } from '../../home/roots.ts'
import { type Static, Type } from '../../plugins/route-schema.ts'
import type { Tusk } from '../../plugins/tusk.ts'
import { limitWords } from './limit-words.ts'
import { known } from './people-routes.ts'
import { ById, closed, listOf, Several } from './schemas.ts'

const limit = Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Literal('')]))
const Input = closed({
  name: Type.String({ maxLength: 200 }),
  description: Type.Optional(Type.String({ maxLength: 1_000 })),
  claim: Type.Optional(Type.String({ maxLength: 200 })),
  permissions: Several,
  seconds: limit,
  rows: limit,
  resultMegabytes: limit,
  concurrentRuns: limit,
  duckdbMegabytes: limit,
  readableFolders: Type.Optional(Type.String({ maxLength: 100_000 })),
  writableFolders: Type.Optional(Type.String({ maxLength: 100_000 })),
  version: Type.Optional(Type.Integer()),
})

/** Groups: the pages and the same for programs. */
export function groupRoutes(app: FastifyInstance, auth: Auth, tusk: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'system.groups' } as const
  const api = <Schema extends object>(summary: string, schema: Schema = {} as Schema) => ({
    config,
    schema: { tags: ['groups'], summary, ...schema },
  })

  routes.get('/groups', { config, schema: { hide: true } }, (_request, reply) => showGroups(reply))
  routes.post('/groups', { config, schema: { hide: true, body: Input } }, async (request, reply) => {
    try {
      const group = auth.groups.create(request.actor, inputFrom(request.body))
      return reply.openPage(`/groups/${group.id}`).send('')
    } catch (error) {
      return showGroups(reply, { failure: known(error), typed: request.body.name, block: true })
    }
  })
  routes.get('/groups/:id', { config, schema: { hide: true, params: ById } }, (request, reply) =>
    showGroup(request.actor, reply, auth.groups.get(request.params.id)),
  )
  routes.post('/groups/:id', { config, schema: { hide: true, params: ById, body: Input } }, async (request, reply) => {
    const old = auth.groups.get(request.params.id)
    try {
      const group = auth.groups.update(request.actor, old.id, { ...kept(old), ...inputFrom(request.body) })
      return await showGroup(request.actor, reply, group, { saved: true, block: true })
    } catch (error) {
      return showGroup(request.actor, reply, old, { failure: known(error), block: true })
    }
  })
  routes.post('/groups/:id/delete', { config, schema: { hide: true, params: ById } }, async (request, reply) => {
    const old = auth.groups.get(request.params.id)
    try {
      auth.groups.remove(request.actor, old.id)
      return reply.openPage('/groups').send('')
    } catch (error) {
      return showGroup(request.actor, reply, old, { failure: known(error), block: true })
    }
  })

  routes.get('/api/groups', api('Groups, with their permissions and limits'), () => ({ groups: auth.groups.list() }))
  routes.get('/api/groups/permissions', api('Every permission there is, by category'), () => ({
    categories: categories(),
  }))
  routes.post('/api/groups', api('Make a group', { body: Input }), (request, reply) =>
    reply.code(201).send(auth.groups.create(request.actor, inputFrom(request.body))),
  )
  routes.get('/api/groups/:id', api('A group', { params: ById }), request => auth.groups.get(request.params.id))
  routes.post('/api/groups/:id', api('Change a group', { params: ById, body: Input }), request =>
    auth.groups.update(request.actor, request.params.id, {
      ...kept(auth.groups.get(request.params.id)),
      ...inputFrom(request.body),
    }),
  )
  routes.post('/api/groups/:id/delete', api('Delete a group', { params: ById }), (request, reply) => {
    auth.groups.remove(request.actor, request.params.id)
    return reply.code(204).send()
  })

  /** What the group may do with connections, of those whose names are open to the one who looks. */
  function rightsOf(actor: Actor, groupId: string) {
    const { connections } = tusk
    const all = isAdministrator(actor) && actor.can('system.users')
    const names = new Map((all ? connections.ownedBy(actor) : connections.list(actor)).map(one => [one.id, one]))
    return auth.connectionRights.ofGroup(groupId).flatMap(({ connectionId, level, readOnly }) => {
      const connection = names.get(connectionId)
      if (connection === undefined) return []
      return [{ name: connection.name, owner: auth.people.find(connection.owner)?.name ?? '', level, readOnly }]
    })
  }

  /** Tusk's own and those of plugins. */
  function categories() {
    const own = Object.entries(permissionCategories).map(([category, permissions]) => ({
      category,
      permissions: Object.entries(permissions).map(([permission, sentence]) => ({ permission, sentence })),
    }))
    const plugins = tusk.plugins.list().flatMap(({ name, permissions }) =>
      permissions.length === 0
        ? []
        : [
            {
              category: `Plugin ${name}`,
              permissions: permissions.map(({ permission, description }) => ({ permission, sentence: description })),
            },
          ],
    )
    return [...own, ...plugins]
  }

  function showGroups(
    reply: FastifyReply,
    after: { readonly failure?: TuskError; readonly typed?: string; readonly block?: boolean } = {},
  ): Promise<FastifyReply> {
    const groups = auth.groups.list()
    const context = {
      title: 'Groups',
      groups,
      matrix: categories().map(({ category, permissions }) => ({
        category,
        permissions: permissions.map(one => ({
          ...one,
          held: groups.map(({ permissions: list }) => (list as readonly string[]).includes(one.permission)),
        })),
      })),
      failure: after.failure?.toJSON() ?? null,
      typed: after.typed ?? '',
    }
    return reply.page('plugins/users/groups.html', context, after.block === true ? { block: 'list' } : {})
  }

  function showGroup(
    actor: Actor,
    reply: FastifyReply,
    group: Group,
    after: { readonly failure?: TuskError; readonly saved?: boolean; readonly block?: boolean } = {},
  ): Promise<FastifyReply> {
    const members = auth.people.list().filter(({ groups }) => groups.some(({ id }) => id === group.id))
    const context = {
      title: group.name,
      group,
      members,
      connections: rightsOf(actor, group.id),
      categories: categories().map(({ category, permissions }) => ({
        category,
        permissions: permissions.map(one => ({
          ...one,
          held: (group.permissions as readonly string[]).includes(one.permission),
        })),
      })),
      limits: limitNames.map(name => ({ name, ...limitWords[name], value: group.limits[name] ?? '' })),
      folders: isAdministrator(actor),
      readable_folders: foldersOf(group, false),
      writable_folders: foldersOf(group, true),
      failure: after.failure?.toJSON() ?? null,
      saved: after.saved === true,
    }
    return reply.page('plugins/users/group.html', context, after.block === true ? { block: 'body' } : {})
  }
}

function inputFrom(body: Static<typeof Input>): GroupInput & { readonly version?: number } {
  const limits: { -readonly [Name in keyof Limits]: Limits[Name] } = {}
  for (const name of limitNames) {
    const value = body[name]
    if (typeof value === 'number') limits[name] = value
  }
  return {
    name: body.name,
    permissions: listOf(body.permissions),
    limits,
    ...(body.readableFolders === undefined && body.writableFolders === undefined
      ? {}
      : { fileRoots: [...rootsFrom(body.readableFolders, false), ...rootsFrom(body.writableFolders, true)] }),
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.claim === undefined ? {} : { claim: body.claim }),
    ...(body.version === undefined ? {} : { version: body.version }),
  }
}

/** One absolute path on each line. */
function rootsFrom(text: string | undefined, writable: boolean): readonly Root[] {
  const paths = (text ?? '').split('\n').map(line => line.trim())
  return [...new Set(paths)].filter(path => path !== '').map(path => ({ path, writable }))
}

function foldersOf({ fileRoots }: Group, writable: boolean): string {
  return fileRoots.flatMap(root => (root.writable === writable ? [root.path] : [])).join('\n')
}

/** What a form or a program did not name. */
function kept({ fileRoots, claim, description }: Group): Omit<GroupInput, 'name' | 'permissions'> {
  return { fileRoots, description, ...(claim === undefined ? {} : { claim }) }
}
