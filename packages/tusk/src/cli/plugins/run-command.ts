import { type Command, help } from '../command.ts'
import { withPlugins } from './with-plugins.ts'

type Parse = (
  command: Pick<Command, 'options'>,
  args: readonly string[],
) => { readonly values: Record<string, string | boolean | undefined>; readonly positionals: readonly string[] }

/** Runs the command `name` of a plugin and gives its exit code; undefined when no plugin has it. */
export function runPluginCommand(
  name: string,
  args: readonly string[],
  { parsed, signal }: { readonly parsed: Parse; readonly signal: AbortSignal },
): Promise<number | undefined> {
  return withPlugins(async ({ plugins }) => {
    const found = plugins.commands().find(({ command }) => command.name === name)
    if (found === undefined) return undefined
    const { command, plugin } = found
    const options = command.options ?? {}
    const { values, positionals } = parsed({ options }, args)
    if (values.help === true) {
      process.stdout.write(
        help(name, {
          usage: command.usage ?? [''],
          description: command.summary,
          options,
          notes: [`Comes from the plugin ${plugin.name ?? plugin.id}.`],
        }),
      )
      return 0
    }
    return await command.run({ values, positionals, signal, tusk: plugins.tuskOf(plugin) })
  })
}
