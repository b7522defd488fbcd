import { pino } from 'pino'
import type { Auth } from '../../src/auth/auth.ts'
import { writeSetting } from '../../src/home/config.ts'
import { Home } from '../../src/home/home.ts'
import type { SettingKey } from '../../src/home/settings.ts'
import { type Studio, startStudio } from '../../src/studio.ts'
import { prepareMultiMode } from './multi-studio.ts'
import { temporaryDirectory } from './temporary-directory.ts'

export interface MultiStudioHere extends Studio {
  readonly auth: Auth
}

/**
 * A whole studio in multi-user mode in this process, with the people of `prepareMultiMode`, every route that there can be (a provider to sign in
 * with, which is away), and no samples, nor plugins but those given. The caller disposes it.
 */
export async function startMultiStudioHere(
  context: { after(fn: () => void | Promise<void>): void },
  options: {
    readonly settings?: Partial<Record<SettingKey, string>>
    readonly port?: number
    readonly pluginFolders?: readonly string[]
  } = {},
): Promise<MultiStudioHere> {
  const home = Home.open(temporaryDirectory(context))
  await prepareMultiMode(home)
  const settings = {
    'server.public_url': 'https://tusk.example.org',
    'oidc.issuer': 'http://127.0.0.1:9',
    'oidc.client_id': 'tusk',
    ...options.settings,
  }
  for (const [key, value] of Object.entries(settings))
    await writeSetting(home.path('config.toml'), key as SettingKey, value)
  const log = pino({ level: 'silent' })
  const studio = await startStudio({
    home,
    host: '127.0.0.1',
    port: options.port ?? 0,
    samples: false,
    plugins: options.pluginFolders === undefined ? false : { folders: options.pluginFolders },
    log,
  })
  const { auth } = studio.tusk
  if (auth === undefined) throw new Error('the studio is in single mode')
  return { ...studio, auth, [Symbol.asyncDispose]: () => studio[Symbol.asyncDispose]() }
}
