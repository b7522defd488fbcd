import '../../plugins/http.ts'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Actor } from '../../auth/actor.ts'
import type { AuditAction } from '../../auth/audit-actions.ts'
import type { FormField } from '../../engine/form-field.ts'
import { TuskError } from '../../errors.ts'
import type { PluginInfo, PluginSettings } from '../../plugins/plugins.ts'
import type { Tusk } from '../../plugins/tusk.ts'

const permission = 'system.settings'
const params = {
  type: 'object',
  additionalProperties: false,
  properties: { id: { type: 'string', maxLength: 214 } },
  required: ['id'],
} as const
const values = {
  type: 'object',
  additionalProperties: false,
  patternProperties: { '^[a-z][a-z0-9_]{0,62}$': {} },
} as const

type WithId = { Params: { id: string } }
type Values = Readonly<Record<string, string | number | boolean | null>>

/** The plugins page, and the same for programs under `/api/settings/plugins`. */
export async function pluginRoutes(app: FastifyInstance, tusk: Tusk): Promise<void> {
  const { plugins } = tusk
  const page = { config: { permission }, schema: { hide: true } } as const
  /** On record: who, and to which plugin; values of settings may be secrets. */
  const noted = <T>(actor: Actor, action: AuditAction, target: string, work: () => Promise<T>): Promise<T> =>
    tusk.auth === undefined ? work() : tusk.auth.audit.around(actor, { action, target }, work)
  const change = { config: { permission }, schema: { hide: true, params } } as const

  app.get('/settings/plugins', page, (_request, reply) => show(reply))
  app.post<WithId>('/settings/plugins/:id/enable', change, async (request, reply) => {
    await noted(request.actor, 'plugin.enable', request.params.id, () => plugins.enable(request.params.id))
    return show(reply, 'list')
  })
  app.post<WithId>('/settings/plugins/:id/disable', change, async (request, reply) => {
    await noted(request.actor, 'plugin.disable', request.params.id, () => plugins.disable(request.params.id))
    return show(reply, 'list')
  })
  app.get<WithId>('/settings/plugins/:id', change, (request, reply) => showForm(reply, request.params.id))
  app.post<WithId & { Body: Readonly<Record<string, unknown>> }>(
    '/settings/plugins/:id',
    { config: { permission }, schema: { hide: true, params, body: values } },
    async (request, reply) => {
      const { id } = request.params
      const typed = fromForm(plugins.config(id).fields, request.body)
      try {
        await noted(request.actor, 'plugin.config', id, () => plugins.changeConfig(id, typed))
      } catch (error) {
        if (!(error instanceof TuskError)) throw error
        return showForm(reply, id, { error: error.toJSON(), typed, block: true })
      }
      return showForm(reply, id, { saved: true, block: true })
    },
  )

  const api = (summary: string) => ({ config: { permission }, schema: { tags: ['settings'], summary } }) as const
  const ofOne = (summary: string) =>
    ({ config: { permission }, schema: { tags: ['settings'], summary, params } }) as const
  app.get('/api/settings/plugins', api('Plugins, with their state'), () => ({ plugins: plugins.list() }))
  app.post<WithId>('/api/settings/plugins/:id/enable', ofOne('Switch a plugin on'), request =>
    noted(request.actor, 'plugin.enable', request.params.id, () => plugins.enable(request.params.id)),
  )
  app.post<WithId>('/api/settings/plugins/:id/disable', ofOne('Switch a plugin off'), request =>
    noted(request.actor, 'plugin.disable', request.params.id, () => plugins.disable(request.params.id)),
  )
  app.get<WithId>('/api/settings/plugins/:id/config', ofOne('Settings of a plugin, without its secrets'), request =>
    plugins.config(request.params.id),
  )
  app.patch<WithId & { Body: Values }>(
    '/api/settings/plugins/:id/config',
    {
      config: { permission },
      schema: { tags: ['settings'], summary: 'Change settings of a plugin', params, body: values },
    },
    request =>
      noted(request.actor, 'plugin.config', request.params.id, () =>
        plugins.changeConfig(request.params.id, request.body),
      ),
  )

  function show(reply: FastifyReply, block?: string): Promise<FastifyReply> {
    const jobs = tusk.timetable.list().map(job => ({
      ...job,
      nextRun: job.nextRun?.toISOString(),
      lastRun: job.lastRun?.toISOString(),
      lastError: job.lastError?.message,
    }))
    const context = { title: 'Plugins', plugins: plugins.list().map(shown), jobs }
    return reply.page('plugins/settings/plugins.html', context, block === undefined ? {} : { block })
  }

  function showForm(
    reply: FastifyReply,
    id: string,
    after: {
      readonly error?: unknown
      readonly typed?: Values
      readonly saved?: boolean
      readonly block?: boolean
    } = {},
  ): Promise<FastifyReply> {
    const info = plugins.get(id)
    const context = {
      title: info.name,
      plugin: shown(info),
      fields: info.hasConfig ? formFields(plugins.config(id), after.typed) : [],
      error: after.error ?? null,
      saved: after.saved === true,
    }
    return reply.page('plugins/settings/plugin.html', context, after.block === true ? { block: 'form' } : {})
  }
}

function shown(info: PluginInfo) {
  return {
    ...info,
    error: info.error ?? null,
    href: info.href ?? null,
    requires: info.requires ?? null,
    label: labels[info.state],
  }
}

const labels = { running: 'running', disabled: 'off', failed: 'failed' } as const

/** Fields with what stands in them; secrets stay empty and say whether they are set. */
function formFields({ fields, values: saved, secrets }: PluginSettings, typed: Values | undefined) {
  return fields.map(field => ({
    key: field.key,
    label: field.label,
    kind: field.kind,
    required: field.required === true && !secrets.includes(field.key),
    choices: field.choices ?? [],
    help: field.help ?? '',
    placeholder: secrets.includes(field.key) ? 'set; stays as it is when empty' : (field.placeholder ?? ''),
    value: field.kind === 'secret' ? '' : String(typed?.[field.key] ?? saved[field.key] ?? ''),
    checked: (typed?.[field.key] ?? saved[field.key]) === true,
  }))
}

/** What a form sends → values: a box that is not ticked is false, an empty secret is kept, anything else that is empty is taken back. */
function fromForm(fields: readonly FormField[], body: Readonly<Record<string, unknown>>): Values {
  const typed: Record<string, string | number | boolean | null> = {}
  for (const { key, kind } of fields) {
    const value = body[key]
    if (kind === 'boolean') typed[key] = value !== undefined
    else if (typeof value === 'string' && value !== '') typed[key] = value
    else if (kind !== 'secret') typed[key] = null
  }
  return typed
}
