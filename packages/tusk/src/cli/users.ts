import { localActor } from '../auth/actor.ts'
import type { Auth } from '../auth/auth.ts'
import { checkNewPassword, oneTimePassword } from '../auth/password-rules.ts'
import { hashPassword } from '../auth/passwords.ts'
import type { Person } from '../auth/people.ts'
import { TuskError } from '../errors.ts'
import { groupIds, listFrom, openCommandAuth, personNamed } from './auth-database.ts'
import type { Command, CommandCall } from './command.ts'
import { askYes } from './plugins/ask.ts'
import { askNewPassword, passwordFromStdin } from './read-password.ts'
import { exportDirectory, importDirectory } from './users/directory.ts'

export const command: Command = {
  usage: [
    '[list] [--json]',
    'create NAME [--admin] [--group GROUPS] [--email EMAIL] [--display-name TEXT] [--password-stdin]',
    'reset-password NAME [--password-stdin]',
    'disable NAME | enable NAME',
    'groups NAME [GROUPS]',
    'link NAME --issuer ISSUER --subject SUBJECT | unlink NAME',
    'delete NAME --heir NAME | --delete-belongings [--yes]',
    'export [FILE]',
    'import FILE [--dry-run] [--prune] [--yes]',
  ],
  description: 'People who may sign in. A change acts at once, on open sessions too.',
  options: {
    json: { type: 'boolean', help: 'as JSON' },
    admin: { type: 'boolean', help: 'an administrator, who may do everything' },
    group: { type: 'string', value: 'GROUPS', help: 'names of groups, separated by commas' },
    email: { type: 'string', value: 'EMAIL', help: 'address of the person' },
    'display-name': { type: 'string', value: 'TEXT', help: 'name that is shown' },
    'password-stdin': { type: 'boolean', help: 'read the password from standard input' },
    issuer: { type: 'string', value: 'ISSUER', help: 'of an OpenID Connect provider, as oidc.issuer says it' },
    subject: { type: 'string', value: 'SUBJECT', help: 'what the provider calls the person: sub' },
    heir: { type: 'string', value: 'NAME', help: 'delete: who gets the connections and saved queries' },
    'delete-belongings': { type: 'boolean', help: 'delete: nobody gets them, they are deleted too' },
    'dry-run': { type: 'boolean', help: 'import: say what would change, and change nothing' },
    prune: { type: 'boolean', help: 'import: delete groups and disable people that the file does not name' },
    yes: { type: 'boolean', help: 'do not ask' },
  },
  notes: [
    'A password is asked for at the terminal; where there is none, a one-time password is printed. Either is changed at the next login.',
    'link lets somebody who signs in through an OpenID Connect provider be a person that is here already.',
    'import reads people, groups and rights from a TOML file as export writes it, or from users.db of the older Tusk, says what would change and asks.',
    'groups NAME shows the groups of a person; groups NAME Analysts,Viewers sets them, groups NAME "" takes all away.',
  ],
  async run(call) {
    const [action = 'list', name, groups, ...more] = call.positionals
    const surplus = action === 'groups' ? more[0] : (groups ?? more[0])
    if (surplus !== undefined) throw new TuskError('USAGE', `“${surplus}” is one word too many.`)
    using auth = openCommandAuth()
    switch (action) {
      case 'list':
        list(auth, call.values.json === true)
        return 0
      case 'create':
        await create(auth, name, call)
        return 0
      case 'reset-password':
        await resetPassword(auth, personNamed(auth, name), call)
        return 0
      case 'disable':
      case 'enable': {
        const person = auth.people.update(localActor, personNamed(auth, name).id, { active: action === 'enable' })
        say(call, person, `${action}d ${person.name}\n`)
        return 0
      }
      case 'groups':
        showOrSetGroups(auth, personNamed(auth, name), groups, call)
        return 0
      case 'link': {
        const { issuer, subject } = call.values
        if (typeof issuer !== 'string' || typeof subject !== 'string')
          throw new TuskError('USAGE', 'link needs --issuer and --subject.')
        const person = auth.people.link(localActor, personNamed(auth, name).id, { issuer, subject })
        say(call, person, `${person.name} is who ${issuer} calls ${subject}\n`)
        return 0
      }
      case 'unlink': {
        const person = auth.people.link(localActor, personNamed(auth, name).id, undefined)
        say(call, person, `${person.name} no longer comes in through a provider\n`)
        return 0
      }
      case 'export':
        return await exportDirectory(auth, name)
      case 'import':
        return await importDirectory(auth, name, call)
      case 'delete':
        return await remove(auth, personNamed(auth, name), call)
      default:
        throw new TuskError('USAGE', `There is no “users ${action}”.`)
    }
  },
}

function list(auth: Auth, json: boolean): void {
  const people = auth.people.list()
  if (json) {
    process.stdout.write(`${JSON.stringify(people, null, 2)}\n`)
    return
  }
  const width = Math.max(...people.map(({ name }) => name.length), 0)
  for (const { name, administrator, active, groups, lastSignIn } of people) {
    const facts = [
      administrator ? 'administrator' : '',
      groups.map(group => group.name).join(', '),
      active ? '' : 'disabled',
      lastSignIn === undefined ? 'never signed in' : `last ${lastSignIn.slice(0, 16).replace('T', ' ')} UTC`,
    ]
    process.stdout.write(`${name.padEnd(width)}  ${facts.filter(fact => fact !== '').join('; ')}\n`)
  }
}

async function create(auth: Auth, name: string | undefined, call: CommandCall): Promise<void> {
  const { values } = call
  if (name === undefined) throw new TuskError('USAGE', 'Give a name.')
  if (auth.people.byName(name) !== undefined) throw new TuskError('CONFLICT', `There is a person “${name}” already.`)
  const groups = groupIds(auth, listFrom(values.group))
  const email = typeof values.email === 'string' ? { email: values.email } : {}
  const { password, printed } = await newPassword({ name, ...email }, call)
  const person = auth.people.create(localActor, {
    name,
    ...email,
    ...(typeof values['display-name'] === 'string' ? { displayName: values['display-name'] } : {}),
    administrator: values.admin === true,
    groups,
    passwordHash: await hashPassword(password),
    mustChangePassword: true,
  })
  say(call, { ...person, ...printed }, `made ${person.name}\n${shown(printed)}`)
}

async function resetPassword(auth: Auth, person: Person, call: CommandCall): Promise<void> {
  const { password, printed } = await newPassword(person, call)
  auth.people.setPassword(localActor, person.id, await hashPassword(password), { mustChange: true })
  say(call, { name: person.name, ...printed }, `${person.name} has a new password and is signed out\n${shown(printed)}`)
}

function showOrSetGroups(auth: Auth, person: Person, groups: string | undefined, call: CommandCall): void {
  const now =
    groups === undefined
      ? person
      : auth.people.update(localActor, person.id, { groups: groupIds(auth, listFrom(groups)) })
  const names = now.groups.map(group => group.name)
  say(call, names, names.length === 0 ? `${person.name} is in no group\n` : `${names.join('\n')}\n`)
}

async function remove(auth: Auth, person: Person, { values, signal }: CommandCall): Promise<number> {
  const heir = typeof values.heir === 'string' ? personNamed(auth, values.heir) : undefined
  if ((heir === undefined) !== (values['delete-belongings'] === true))
    throw new TuskError('USAGE', `What becomes of the connections and saved queries of ${person.name}?`, {
      hint: 'Either --heir NAME, or --delete-belongings.',
    })
  const what = heir === undefined ? 'are deleted too' : `go to ${heir.name}`
  const question = `Delete ${person.name}? Their connections and saved queries ${what}; their tabs, runs, results and history are deleted.`
  if (values.yes !== true && !(await askYes(question, signal))) return 1
  auth.people.remove(localActor, person.id, heir?.id)
  process.stdout.write(
    `deleted ${person.name}; a studio that runs settles what they owned now, otherwise the next one does at its start\n`,
  )
  return 0
}

/** What was given, or one that is shown once. */
async function newPassword(
  person: { readonly name: string; readonly email?: string },
  { values, signal }: CommandCall,
): Promise<{ readonly password: string; readonly printed: { readonly oneTimePassword?: string } }> {
  const given =
    values['password-stdin'] === true ? await passwordFromStdin() : await askNewPassword(person.name, signal)
  if (given !== undefined) {
    await checkNewPassword(given, person)
    return { password: given, printed: {} }
  }
  const password = oneTimePassword()
  return { password, printed: { oneTimePassword: password } }
}

function shown({ oneTimePassword: password }: { readonly oneTimePassword?: string }): string {
  return password === undefined ? '' : `one-time password: ${password}\n`
}

function say({ values }: CommandCall, data: unknown, text: string): void {
  process.stdout.write(values.json === true ? `${JSON.stringify(data, null, 2)}\n` : text)
}
