import { realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { TuskError } from '../errors.ts'
import type { TuskPlugin } from '../plugins/plugin.ts'
import type { Style } from './style.ts'

const params = {
  type: 'object',
  additionalProperties: false,
  properties: { '*': { type: 'string', maxLength: 500 } },
  required: ['*'],
} as const

const route = { config: { permission: 'public' }, schema: { hide: true, params } } as const

const forever = 'public, max-age=31536000, immutable'

/**
 * Files for the browser: `/static/web/…` (built, hashed, cached for ever), `/static/style/<hash>.css`, `/static/plugins/<id>/…` (asked
 * for anew each time). Only regular files that truly lie in their folder: no links out of it, no dotfiles.
 */
export async function serveStaticFiles(
  app: FastifyInstance,
  options: { readonly webBuild: string; readonly style: Style; readonly features: readonly TuskPlugin[] },
): Promise<void> {
  await app.register(fastifyStatic, { root: options.webBuild, serve: false, cacheControl: false, dotfiles: 'ignore' })

  app.get<{ Params: { '*': string } }>('/static/web/*', route, (request, reply) => {
    const path = fileIn(options.webBuild, request.params['*'])
    const hashed = request.params['*'].startsWith('assets/')
    return reply.header('Cache-Control', hashed ? forever : 'no-cache').sendFile(path, options.webBuild)
  })

  app.get<{ Params: { '*': string } }>('/static/style/*', route, async (request, reply) => {
    const { hash, file } = await options.style.current()
    if (request.params['*'] !== `${hash}.css`) throw new TuskError('NOT_FOUND')
    return reply
      .header('Cache-Control', forever)
      .sendFile(file.slice(file.lastIndexOf(sep) + 1), file.slice(0, file.lastIndexOf(sep)))
  })

  for (const { id, assets } of options.features)
    if (assets !== undefined) addFolder(app, `/static/plugins/${id}`, fileURLToPath(assets))
}

/** Files of a plugin under `prefix`, by the same rules. For an application of its own. */
export async function serveFolder(app: FastifyInstance, prefix: string, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, serve: false, cacheControl: false, dotfiles: 'ignore' })
  addFolder(app, prefix, folder)
}

function addFolder(app: FastifyInstance, prefix: string, folder: string): void {
  app.get<{ Params: { '*': string } }>(`${prefix}/*`, route, (request, reply) =>
    reply.header('Cache-Control', 'no-cache').sendFile(fileIn(folder, request.params['*']), folder),
  )
}

/** `path` when it is a file inside `folder`; NOT_FOUND for everything else, whatever the reason. */
function fileIn(folder: string, path: string): string {
  const hidden = path.split(/[/\\]/).some(part => part.startsWith('.') || part === '')
  if (hidden || path.includes('\0')) throw new TuskError('NOT_FOUND', 'There is no such file.')
  try {
    const base = realpathSync(folder)
    const wanted = join(base, path)
    if (realpathSync(wanted) === wanted && wanted.startsWith(base + sep) && statSync(wanted).isFile()) return path
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EACCES' && code !== 'ENAMETOOLONG' && code !== 'ELOOP')
      throw error
  }
  throw new TuskError('NOT_FOUND', 'There is no such file.')
}
