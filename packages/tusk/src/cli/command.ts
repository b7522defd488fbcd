import type { ParseArgsOptionsConfig } from 'node:util'

/** One command of `tusk`. The table in main.ts loads it only when it is called. */
export interface Command {
  /** As in `tusk query [-c NAME] …`. */
  readonly usage: readonly string[]
  readonly description: string
  readonly options: Readonly<Record<string, CommandOption>>
  /** More lines for `--help`: examples, exit codes. */
  readonly notes?: readonly string[]
  /** Gives the exit code. Errors are printed by main.ts: TuskError with its hint, USAGE as exit 2. */
  run(call: CommandCall): Promise<number>
}

export interface CommandOption {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** Name of the value in help: PORT. */
  readonly value?: string
  /** May be given several times; then it is in `lists`. Only of `string`. */
  readonly multiple?: boolean
  readonly help: string
}

export interface CommandCall {
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  /** What options that may be repeated were given, in order; absent when not at all. */
  readonly lists: Readonly<Record<string, readonly string[] | undefined>>
  readonly positionals: readonly string[]
  /** Aborted by Ctrl+C and SIGTERM; a second Ctrl+C ends the process at once. */
  readonly signal: AbortSignal
}

export function parseOptions(options: Command['options']): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries<CommandOption>({ ...options, help: { type: 'boolean', short: 'h', help: '' } }).map(
      ([name, option]) => [
        name,
        {
          type: option.type,
          ...(option.short === undefined ? {} : { short: option.short }),
          ...(option.multiple === true ? { multiple: true } : {}),
        },
      ],
    ),
  )
}

export function help(name: string, command: Omit<Command, 'run'>): string {
  const rows = Object.entries(command.options).map(([option, { short, value, help: text }]): [string, string] => [
    `${short === undefined ? '    ' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`,
    text,
  ])
  const width = Math.max(...rows.map(([left]) => left.length), 0)
  return [
    command.description,
    '',
    ...command.usage.map((usage, index) => `${index === 0 ? 'Usage: ' : '       '}tusk ${name} ${usage}`.trimEnd()),
    ...(rows.length === 0 ? [] : ['', 'Options:', ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)]),
    ...(command.notes === undefined ? [] : ['', ...command.notes]),
    '',
  ].join('\n')
}
