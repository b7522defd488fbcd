import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ExportedFile, ExportFolders } from '../../../home/export-folders.ts'
import { Type } from '../../../plugins/route-schema.ts'
import type { WireExportedFile } from '../../../wire.ts'
import { closed } from './schemas.ts'

const ByName = closed({ name: Type.String({ maxLength: 500 }) })
const config = { permission: 'data.export' } as const

/** Files that somebody's SQL wrote into their export folder: the page and the same for programs; in multi-user mode only. */
export function exportedFileRoutes(app: FastifyInstance, folders: ExportFolders): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['exports']
  const show = async (request: FastifyRequest, reply: FastifyReply, block = false): Promise<FastifyReply> =>
    reply.page(
      'plugins/sql/exported-files.html',
      {
        title: 'Exported files',
        files: (await folders.list(request.actor.id)).map(file => ({
          ...wire(file),
          sizeText: sizeText(file.size),
          address: `/api/exported-files/${encodeURIComponent(file.name)}`,
        })),
      },
      block ? { block: 'body' } : {},
    )

  routes.get('/exported-files', { config, schema: { hide: true } }, (request, reply) => show(request, reply))
  routes.post(
    '/exported-files/delete',
    { config: { ...config, forPerson: true }, schema: { hide: true, body: ByName } },
    async (request, reply) => {
      await folders.remove(request.actor.id, request.body.name)
      return show(request, reply, true)
    },
  )

  routes.get(
    '/api/exported-files',
    { config, schema: { tags, summary: 'Files that your SQL wrote with COPY … TO' } },
    async ({ actor }) => ({ files: (await folders.list(actor.id)).map(wire) }),
  )
  routes.get(
    '/api/exported-files/:name',
    { config: { ...config, crossSite: 'deny' }, schema: { tags, summary: 'One of these files', params: ByName } },
    async ({ actor, params: { name } }, reply) => {
      const file = await folders.open(actor.id, name)
      return reply.download({ name, mimeType: 'application/octet-stream', bytes: file.createReadStream() })
    },
  )
  routes.delete(
    '/api/exported-files/:name',
    { config, schema: { tags, summary: 'Delete one of these files', params: ByName } },
    async ({ actor, params: { name } }, reply) => {
      await folders.remove(actor.id, name)
      return reply.code(204).send()
    },
  )
}

function wire({ name, size, changedAt }: ExportedFile): WireExportedFile {
  return { name, size, changed: new Date(changedAt).toISOString() }
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB']

function sizeText(bytes: number): string {
  let [size, unit] = [bytes, 0]
  for (; size >= 1_000 && unit < units.length - 1; unit++) size /= 1_000
  return `${size.toLocaleString('en', { maximumFractionDigits: unit === 0 ? 0 : 1 })} ${units[unit]}`
}
