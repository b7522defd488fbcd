import { existsSync } from 'node:fs'
import { localActor } from '../auth/actor.ts'
import type { Auth } from '../auth/auth.ts'
import { defaultGroups } from '../auth/default-groups.ts'
import { openAuth } from '../auth/open-auth.ts'
import { checkNewPassword, oneTimePassword } from '../auth/password-rules.ts'
import { hashPassword } from '../auth/passwords.ts'
import { TuskError } from '../errors.ts'
import { readConfig } from '../home/config.ts'
import { Home } from '../home/home.ts'
import { changeSetting } from './change-setting.ts'
import type { Command, CommandCall } from './command.ts'
import { askNewPassword, passwordFromStdin } from './read-password.ts'

export const command: Command = {
  usage: ['[status] [--json]', 'init [--name NAME] [--password-stdin]', 'enable', 'disable'],
  description: 'Opens Tusk to several people with names and passwords, and closes it again.',
  options: {
    json: { type: 'boolean', help: 'as JSON' },
    name: { type: 'string', value: 'NAME', help: 'name of the administrator; default admin' },
    'password-stdin': { type: 'boolean', help: 'read the password from standard input' },
  },
  notes: [
    'init makes the first administrator and the groups Administrators, Data Engineers, Analysts and Viewers. The password is asked for; where',
    'there is no terminal a one-time password is printed. Either is changed at the first login. What was made in single mode is the',
    "administrator's from then on. enable and disable take effect at the next start of the studio.",
  ],
  async run(call) {
    const [action = 'status', ...more] = call.positionals
    if (more.length > 0) throw new TuskError('USAGE', `“${more[0]}” is one word too many.`)
    const home = Home.open()
    switch (action) {
      case 'status':
        status(home, call.values.json === true)
        return 0
      case 'init':
        await init(home, call)
        return 0
      case 'enable':
        await enable(home)
        return 0
      case 'disable':
        await changeSetting(home, 'auth.mode', 'single')
        process.stdout.write('single mode: one person, no login. People and groups are kept. Restart the studio.\n')
        return 0
      default:
        throw new TuskError('USAGE', `There is no “auth ${action}”.`)
    }
  },
}

function status(home: Home, json: boolean): void {
  const mode = readConfig(home.path('config.toml'))['auth.mode']
  const file = home.path('auth.db')
  const counts = { people: 0, groups: 0, administrators: 0 }
  if (existsSync(file)) {
    using auth = openAuth(file)
    const people = auth.people.list()
    counts.people = people.length
    counts.groups = auth.groups.list().length
    counts.administrators = people.filter(({ administrator, active }) => administrator && active).length
  }
  if (json) {
    process.stdout.write(`${JSON.stringify({ mode, ...counts })}\n`)
    return
  }
  const next =
    counts.administrators === 0
      ? 'No administrator yet: tusk auth init\n'
      : mode === 'single'
        ? 'To ask for names and passwords: tusk auth enable\n'
        : ''
  process.stdout.write(
    `mode: ${mode}\npeople: ${counts.people} (${counts.administrators} active administrators)\ngroups: ${counts.groups}\n${next}`,
  )
}

async function init(home: Home, { values, signal }: CommandCall): Promise<void> {
  const name = typeof values.name === 'string' ? values.name : 'admin'
  using auth = openAuth(home.path('auth.db'))
  if (auth.people.hasAdministrator)
    throw new TuskError('CONFLICT', 'There is an administrator already.', {
      hint: 'For a new password: tusk users reset-password NAME',
    })
  const given = values['password-stdin'] === true ? await passwordFromStdin() : await askNewPassword(name, signal)
  if (given !== undefined) await checkNewPassword(given, { name })
  const password = given ?? oneTimePassword()
  await makeAdministrator(auth, name, password)
  const shown = given === undefined ? `one-time password: ${password}\n` : ''
  process.stdout.write(
    `made the administrator ${name} and ${auth.groups.list().length} groups\n${shown}The password is changed at the first login. To ask for names and passwords: tusk auth enable\n`,
  )
}

async function makeAdministrator(auth: Auth, name: string, password: string): Promise<void> {
  const passwordHash = await hashPassword(password)
  for (const group of defaultGroups)
    if (auth.groups.byName(group.name) === undefined) auth.groups.create(localActor, group)
  const administrators = auth.groups.byName('Administrators')
  auth.people.create(localActor, {
    id: localActor.id,
    name,
    administrator: true,
    passwordHash,
    mustChangePassword: true,
    groups: administrators === undefined ? [] : [administrators.id],
  })
}

async function enable(home: Home): Promise<void> {
  const auth = openAuth(home.path('auth.db'))
  const { hasAdministrator } = auth.people
  auth[Symbol.dispose]()
  if (!hasAdministrator)
    throw new TuskError('CONFIG_INVALID', 'Nobody could sign in: there is no administrator.', {
      hint: 'First: tusk auth init',
    })
  await changeSetting(home, 'auth.mode', 'multi')
  process.stdout.write('multi-user mode: people sign in. Restart the studio.\n')
}
