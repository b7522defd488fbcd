// #region command
import type { CliCommand } from 'tuskdata/plugin'
import { greeting } from './config.ts'
import { addPerson, people } from './storage.ts'

/** `tusk hello`, `tusk hello --json`, `tusk hello add Linus` */
export const helloCommand: CliCommand = {
  name: 'hello',
  summary: 'Greet everybody',
  usage: ['[--json]', 'add NAME'],
  options: { json: { type: 'boolean', help: 'as JSON' } },
  async run({ values, positionals: [action, name], tusk }) {
    if (action === 'add' && name !== undefined) addPerson(tusk.storage, name)
    const greetings = people(tusk.storage).map(person => greeting(person.name, tusk.config))
    process.stdout.write(values.json === true ? `${JSON.stringify(greetings)}\n` : `${greetings.join('\n')}\n`)
    return 0
  },
}
// #endregion
