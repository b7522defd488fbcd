import { localActor } from '../../src/auth/actor.ts'
import { defaultGroups } from '../../src/auth/default-groups.ts'
import { openAuth } from '../../src/auth/open-auth.ts'
import { hashPassword } from '../../src/auth/passwords.ts'
import { writeSetting } from '../../src/home/config.ts'
import { Home } from '../../src/home/home.ts'
import { type StudioProcess, startStudioProcess } from './studio-process.ts'

export const testPassword = 'correct horse battery'

export interface MultiStudio extends StudioProcess {
  /** Cookie header of a fresh session of this person. */
  signIn(name: string): Promise<string>
  /** A request as a program on this machine sends it, with a cookie or a token. */
  ask(path: string, options?: RequestInit & { readonly as?: string; readonly json?: unknown }): Promise<Response>
  readonly home: string
}

/** A real studio in multi-user mode with the people of `prepareMultiMode`. */
export async function startMultiStudio(
  context: { after(fn: () => void | Promise<void>): void },
  options: Parameters<typeof startStudioProcess>[1],
): Promise<MultiStudio> {
  await prepareMultiMode(Home.open(options.home))
  const studio = await startStudioProcess(context, options)
  const ask: MultiStudio['ask'] = (path, { as, json, ...init } = {}) =>
    fetch(studio.address + path, {
      redirect: 'manual',
      ...init,
      ...(json === undefined ? {} : { method: init.method ?? 'POST', body: JSON.stringify(json) }),
      headers: {
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(as === undefined ? {} : as.startsWith('tusk_') ? { authorization: `Bearer ${as}` } : { cookie: as }),
        ...init.headers,
      },
    })
  return {
    ...studio,
    home: options.home,
    ask,
    async signIn(name) {
      const answer = await ask('/api/auth/login', { json: { username: name, password: testPassword } })
      const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0]
      if (cookie === undefined) throw new Error(`${name} did not come in: ${await answer.text()}`)
      return cookie
    },
  }
}

/**
 * Multi-user mode for a state directory, with the administrator `root` and one person in each default group (`engineer`, `analyst`,
 * `viewer`) and in none (`nobody`), all with `testPassword`.
 */
export async function prepareMultiMode(home: Home): Promise<void> {
  using auth = openAuth(home.path('auth.db'))
  const passwordHash = await hashPassword(testPassword)
  for (const group of defaultGroups) auth.groups.create(localActor, group)
  auth.people.create(localActor, { id: localActor.id, name: 'root', administrator: true, passwordHash })
  const people = { engineer: 'Data Engineers', analyst: 'Analysts', viewer: 'Viewers', nobody: undefined }
  for (const [name, group] of Object.entries(people)) {
    const id = group === undefined ? undefined : auth.groups.byName(group)?.id
    auth.people.create(localActor, { name, passwordHash, groups: id === undefined ? [] : [id] })
  }
  await writeSetting(home.path('config.toml'), 'auth.mode', 'multi')
}
