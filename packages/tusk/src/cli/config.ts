import { TuskError } from '../errors.ts'
import { readConfig, settingKey } from '../home/config.ts'
import { Home } from '../home/home.ts'
import { type SettingKey, settings } from '../home/settings.ts'
import { changeSetting } from './change-setting.ts'
import type { Command } from './command.ts'

export const command: Command = {
  usage: ['[show] [--json]', 'get KEY', 'set KEY VALUE', 'unset KEY'],
  description: 'Shows and changes the settings in config.toml.',
  options: { json: { type: 'boolean', help: 'as JSON' } },
  notes: [
    'Settings:',
    ...Object.entries(settings).map(
      ([key, { help, default: value }]) => `  ${key} (${value === '' ? 'unset' : value})  ${help}`,
    ),
  ],
  async run({ values, positionals: [action = 'show', name, value, ...more] }) {
    const home = Home.open()
    const file = home.path('config.toml')
    if (more.length > 0) throw new TuskError('USAGE', `“${more[0]}” is one word too many.`)
    switch (action) {
      case 'show':
        show(file, values.json === true)
        return 0
      case 'get':
        if (name === undefined) throw new TuskError('USAGE', 'Which setting?')
        process.stdout.write(`${readConfig(file)[settingKey(name)]}\n`)
        return 0
      case 'set':
        if (name === undefined || value === undefined) throw new TuskError('USAGE', 'Give a setting and its value.')
        await changeSetting(home, settingKey(name), value)
        return 0
      case 'unset':
        if (name === undefined) throw new TuskError('USAGE', 'Which setting?')
        await changeSetting(home, settingKey(name), '')
        return 0
      default:
        throw new TuskError('USAGE', `There is no “config ${action}”.`)
    }
  },
}

function show(file: string, json: boolean): void {
  const config = readConfig(file)
  if (json) {
    process.stdout.write(`${JSON.stringify({ file, ...config }, null, 2)}\n`)
    return
  }
  const keys = Object.keys(settings) as SettingKey[]
  const width = Math.max(...keys.map(key => key.length))
  const line = (key: SettingKey): string =>
    `${key.padEnd(width)}  ${config[key] === '' ? '(unset)' : config[key]}${config[key] === settings[key].default ? '' : '  (changed)'}`
  process.stdout.write(`${[file, '', ...keys.map(line), ''].join('\n')}`)
}
