import { existsSync, readFileSync } from 'node:fs'
import { parse, stringify } from 'smol-toml'
import { TuskError } from '../errors.ts'
import { writeFileAtomic } from '../home/write-file-atomic.ts'

/** Which packages are switched off: `~/.tusk/plugins.toml`. */
export class PluginStates {
  readonly #file: string
  #disabled: ReadonlySet<string>

  /** CONFIG_INVALID when the file cannot be read. */
  constructor(file: string) {
    this.#file = file
    this.#disabled = readDisabled(file)
  }

  isDisabled(packageName: string): boolean {
    return this.#disabled.has(packageName)
  }

  async setDisabled(packageName: string, disabled: boolean): Promise<void> {
    if (this.#disabled.has(packageName) === disabled) return
    const next = new Set(this.#disabled)
    if (disabled) next.add(packageName)
    else next.delete(packageName)
    await writeFileAtomic(this.#file, `${stringify({ disabled: [...next].sort() })}\n`)
    this.#disabled = next
  }
}

function readDisabled(file: string): ReadonlySet<string> {
  if (!existsSync(file)) return new Set()
  try {
    const { disabled } = parse(readFileSync(file, 'utf8'))
    if (!Array.isArray(disabled) || !disabled.every(name => typeof name === 'string'))
      throw new Error('disabled must be a list of names')
    return new Set(disabled)
  } catch (error) {
    throw new TuskError('CONFIG_INVALID', `${file} cannot be read.`, {
      detail: error instanceof Error ? error.message : String(error),
      hint: 'Correct the file, or remove it: then every plugin is on. tusk studio --no-plugins starts without them.',
      cause: error,
    })
  }
}
