import { TuskError } from '../errors.ts'
import type { Command } from './command.ts'

const actions = {
  list: () => import('./plugins/list.ts'),
  info: () => import('./plugins/info.ts'),
  install: () => import('./plugins/install.ts'),
  remove: () => import('./plugins/remove.ts'),
  enable: () => import('./plugins/enable.ts'),
  disable: () => import('./plugins/disable.ts'),
  doctor: () => import('./plugins/doctor.ts'),
  new: () => import('./plugins/new.ts'),
} as const

export const command: Command = {
  usage: [
    '[list] [--json]',
    'info NAME [--json]',
    'install NAME|FOLDER|TARBALL [--yes]',
    'remove NAME [--yes]',
    'enable NAME',
    'disable NAME',
    'doctor [NAME|FOLDER]',
    'new NAME',
  ],
  description:
    'Lists, installs, makes and switches plugins. A plugin is trusted code: it runs inside Tusk, with all your rights.',
  options: {
    json: { type: 'boolean', help: 'as JSON' },
    yes: { type: 'boolean', short: 'y', help: 'do not ask' },
  },
  notes: [
    'Plugins are found beside Tusk (the same node_modules) and in the state directory, where install puts them.',
    'tusk studio --plugin FOLDER --watch runs one that you are writing.',
  ],
  async run({ values, positionals: [action = 'list', ...rest], signal }) {
    if (!Object.hasOwn(actions, action)) throw new TuskError('USAGE', `There is no “plugins ${action}”.`)
    const { run } = await actions[action as keyof typeof actions]()
    return run({ names: rest, json: values.json === true, yes: values.yes === true, signal })
  },
}
