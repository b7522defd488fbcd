import { parseArgs } from 'node:util'
import { TuskError } from '../errors.ts'
import { type Command, type CommandCall, help, parseOptions } from './command.ts'
import { commands } from './command-table.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv
  if (name === undefined) {
    process.stderr.write(usage())
    return 2
  }
  if (name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(usage())
    return 0
  }
  const known = name === '--version' ? 'version' : name
  try {
    const entry = Object.hasOwn(commands, known) ? commands[known] : undefined
    if (entry === undefined) return await fromPlugin(known, args)
    const { command } = await entry.load()
    const { values, lists, positionals } = parsed(command, args)
    if (values.help === true) {
      process.stdout.write(help(known, command))
      return 0
    }
    return await command.run({ values, lists, positionals, signal: interruptSignal() })
  } catch (error) {
    return report(known, error)
  }
}

/** A command that a plugin brings; only when Tusk has none of that name are plugins looked at. */
async function fromPlugin(name: string, args: readonly string[]): Promise<number> {
  const { runPluginCommand } = await import('./plugins/run-command.ts')
  const code = name.startsWith('-')
    ? undefined
    : await runPluginCommand(name, args, { parsed, signal: interruptSignal() })
  if (code !== undefined) return code
  process.stderr.write(`tusk: there is no command “${name}”.\n\n${usage()}`)
  return 2
}

function parsed(
  command: Pick<Command, 'options'>,
  args: readonly string[],
): Pick<CommandCall, 'values' | 'lists' | 'positionals'> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: parseOptions(command.options),
      allowPositionals: true,
      strict: true,
    })
    const given = Object.entries(values as Record<string, string | boolean | string[] | undefined>)
    return {
      values: Object.fromEntries(given.flatMap(([name, value]) => (Array.isArray(value) ? [] : [[name, value]]))),
      lists: Object.fromEntries(given.flatMap(([name, value]) => (Array.isArray(value) ? [[name, value]] : []))),
      positionals,
    }
  } catch (error) {
    throw new TuskError('USAGE', error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** A first Ctrl+C or SIGTERM asks to end, so that work is cancelled at its source; a second one after a second ends at once. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController()
  let first: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (first === undefined) {
        first = performance.now()
        controller.abort(new TuskError('QUERY_CANCELLED', 'Interrupted.'))
      } else if (performance.now() - first > 1_000) process.exit(signal === 'SIGTERM' ? 143 : 130)
    })
  return controller.signal
}

/** 1 for a failure, 2 for a wrong call, 130 when interrupted. */
function report(name: string, error: unknown): number {
  // Whoever read our output has seen enough (`| head`): no failure, and nobody to tell.
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0
  const known = TuskError.from(error)
  process.stderr.write(`tusk: ${known.message}\n`)
  if (known.detail !== undefined) process.stderr.write(`  ${known.detail}\n`)
  if (known.hint !== undefined) process.stderr.write(`  ${known.hint}\n`)
  if (known.code === 'USAGE') process.stderr.write(`  See: tusk ${name} --help\n`)
  if (known.code === 'INTERNAL' && known.cause instanceof Error && process.env.TUSK_DEBUG)
    process.stderr.write(`${known.cause.stack ?? ''}\n`)
  return known.code === 'USAGE' ? 2 : known.code === 'QUERY_CANCELLED' ? 130 : 1
}

function usage(): string {
  const width = Math.max(...Object.keys(commands).map(name => name.length))
  return [
    'Tusk: SQL, files, pipelines and maps in your browser.',
    '',
    'Usage: tusk COMMAND [options]',
    '',
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'tusk COMMAND --help says more; tusk plugins list shows what plugins add. State lives in ~/.tusk, or where TUSK_HOME says.',
    '',
  ].join('\n')
}
