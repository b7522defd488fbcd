import { version } from '../version.ts'
import type { Command } from './command.ts'

export const command: Command = {
  usage: ['[--json]'],
  description: 'Prints the version of Tusk.',
  options: { json: { type: 'boolean', help: 'as JSON, with the version of Node and the platform' } },
  async run({ values }) {
    const facts = { tusk: version, node: process.versions.node, platform: `${process.platform}-${process.arch}` }
    process.stdout.write(values.json === true ? `${JSON.stringify(facts)}\n` : `Tusk ${version}\n`)
    return 0
  },
}
