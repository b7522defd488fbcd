import { localActor } from '../auth/actor.ts'
import type { Auth } from '../auth/auth.ts'
import type { Group } from '../auth/groups.ts'
import { permissionCategories } from '../auth/permissions.ts'
import { TuskError } from '../errors.ts'
import { listFrom, openCommandAuth } from './auth-database.ts'
import type { Command, CommandCall } from './command.ts'
import { askYes } from './plugins/ask.ts'

export const command: Command = {
  usage: [
    '[list] [--json]',
    'show NAME [--json]',
    'create NAME [--permissions LIST] [--description TEXT]',
    'permissions [NAME [LIST]]',
    'claim NAME [CLAIM]',
    'delete NAME [--yes]',
  ],
  description: 'Groups of people and what they may do.',
  options: {
    json: { type: 'boolean', help: 'as JSON' },
    permissions: { type: 'string', value: 'LIST', help: 'permissions, separated by commas' },
    description: { type: 'string', value: 'TEXT', help: 'what the group is for' },
    yes: { type: 'boolean', help: 'do not ask' },
  },
  notes: [
    'claim NAME CLAIM fills the group from the group CLAIM of the sign-in provider; claim NAME "" no longer.',
    'permissions lists all that exist; permissions NAME those of a group; permissions NAME LIST sets them.',
  ],
  async run(call) {
    const [action = 'list', name, permissions, ...more] = call.positionals
    const surplus = action === 'permissions' || action === 'claim' ? more[0] : (permissions ?? more[0])
    if (surplus !== undefined) throw new TuskError('USAGE', `“${surplus}” is one word too many.`)
    if (action === 'permissions' && name === undefined) {
      explainPermissions(call)
      return 0
    }
    using auth = openCommandAuth()
    switch (action) {
      case 'list':
        list(auth, call)
        return 0
      case 'show':
        show(auth, named(auth, name), call)
        return 0
      case 'create': {
        if (name === undefined) throw new TuskError('USAGE', 'Give a name.')
        const group = auth.groups.create(localActor, {
          name,
          permissions: listFrom(call.values.permissions),
          ...(typeof call.values.description === 'string' ? { description: call.values.description } : {}),
        })
        say(call, group, `made ${group.name} with ${group.permissions.length} permissions\n`)
        return 0
      }
      case 'claim': {
        const group = named(auth, name)
        const now =
          permissions === undefined ? group : auth.groups.update(localActor, group.id, { ...group, claim: permissions })
        say(call, now, `${now.claim ?? ''}\n`)
        return 0
      }
      case 'permissions': {
        const group = named(auth, name)
        const now =
          permissions === undefined
            ? group
            : auth.groups.update(localActor, group.id, { ...group, permissions: listFrom(permissions) })
        say(call, now.permissions, now.permissions.map(permission => `${permission}\n`).join(''))
        return 0
      }
      case 'delete':
        return await remove(auth, named(auth, name), call)
      default:
        throw new TuskError('USAGE', `There is no “groups ${action}”.`)
    }
  },
}

function named(auth: Auth, name: string | undefined): Group {
  if (name === undefined) throw new TuskError('USAGE', 'Which group?')
  const group = auth.groups.byName(name)
  if (group === undefined)
    throw new TuskError('NOT_FOUND', `There is no group “${name}”.`, { hint: 'tusk groups list' })
  return group
}

function list(auth: Auth, call: CommandCall): void {
  const groups = auth.groups.list()
  const width = Math.max(...groups.map(({ name }) => name.length), 0)
  const lines = groups.map(
    ({ name, members, permissions, description }) =>
      `${name.padEnd(width)}  ${`${members} people`.padStart(10)}  ${`${permissions.length} permissions`.padStart(14)}  ${description}`,
  )
  say(call, groups, lines.map(line => `${line.trimEnd()}\n`).join(''))
}

function show(auth: Auth, group: Group, call: CommandCall): void {
  const members = auth.people.list().filter(({ groups }) => groups.some(({ id }) => id === group.id))
  const names = members.map(({ name }) => name)
  const limits = Object.entries(group.limits).map(([name, value]) => `${name} ${value}`)
  say(
    call,
    { ...group, people: names },
    [
      group.name,
      group.description,
      `People       ${names.join(', ') || 'nobody'}`,
      `Permissions  ${group.permissions.join(', ') || 'none'}`,
      `Limits       ${limits.join(', ') || 'none'}`,
      `Folders      ${group.fileRoots.map(({ path, writable }) => `${path}${writable ? '' : ' (read-only)'}`).join(', ') || 'none'}`,
    ]
      .filter(line => line !== '')
      .map(line => `${line}\n`)
      .join(''),
  )
}

async function remove(auth: Auth, group: Group, { values, signal }: CommandCall): Promise<number> {
  if (
    values.yes !== true &&
    !(await askYes(`Delete the group ${group.name} with ${group.members} people in it?`, signal))
  )
    return 1
  auth.groups.remove(localActor, group.id)
  process.stdout.write(`deleted ${group.name}\n`)
  return 0
}

function explainPermissions(call: CommandCall): void {
  const lines = Object.entries(permissionCategories).flatMap(([category, permissions]) => [
    category,
    ...Object.entries(permissions).map(([permission, sentence]) => `  ${permission.padEnd(20)}  ${sentence}`),
    '',
  ])
  say(call, permissionCategories, `${lines.join('\n')}`)
}

function say({ values }: CommandCall, data: unknown, text: string): void {
  process.stdout.write(values.json === true ? `${JSON.stringify(data, null, 2)}\n` : text)
}
