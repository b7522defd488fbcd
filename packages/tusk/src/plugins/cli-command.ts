import type { PluginTusk } from './tusk.ts'

/** A command of `tusk`, from a plugin: `tusk NAME …`. Names of Tusk's own commands are taken. */
export interface CliCommand {
  /** `^[a-z][a-z0-9-]{1,31}$` */
  readonly name: string
  /** One line for `tusk --help`. */
  readonly summary: string
  /** What follows the name, one line a form: `['[--json]', 'add NAME']`. */
  readonly usage?: readonly string[]
  readonly options?: Readonly<Record<string, CliOption>>
  /** Gives the exit code. A TuskError is printed with its hint; USAGE ends with 2, anything else that is thrown with 1. */
  run(call: CliCall): Promise<number>
}

export interface CliOption {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** Name of the value in help: FILE. */
  readonly value?: string
  readonly help: string
}

export interface CliCall {
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly positionals: readonly string[]
  /** Aborted by Ctrl+C and SIGTERM. */
  readonly signal: AbortSignal
  /** Storage, configuration, connections and hosts, without the web server; the plugin's `start` has not run. */
  readonly tusk: PluginTusk
}
