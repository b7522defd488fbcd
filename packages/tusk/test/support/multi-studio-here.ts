import { pino } from 'pino'
import type { Auth } from '../../src/auth/auth.ts'
import { Home } from '../../src/home/home.ts'
import { type Studio, startStudio } from '../../src/studio.ts'
import { prepareMultiMode } from './multi-studio.ts'
import { temporaryDirectory } from './temporary-directory.ts'

export interface MultiStudioHere extends Studio {
  readonly auth: Auth
}

/** A whole studio in multi-user mode in this process, with the people of `prepareMultiMode` and no samples or plugins. The caller disposes it. */
export async function startMultiStudioHere(context: {
  after(fn: () => void | Promise<void>): void
}): Promise<MultiStudioHere> {
  const home = Home.open(temporaryDirectory(context))
  await prepareMultiMode(home)
  const log = pino({ level: 'silent' })
  const studio = await startStudio({ home, host: '127.0.0.1', port: 0, samples: false, plugins: false, log })
  const { auth } = studio.tusk
  if (auth === undefined) throw new Error('the studio is in single mode')
  return { ...studio, auth, [Symbol.asyncDispose]: () => studio[Symbol.asyncDispose]() }
}
