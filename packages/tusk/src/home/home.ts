import { chmodSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { TuskError } from '../errors.ts'
import { SecretBox } from './secrets.ts'

/** The state directory: `TUSK_HOME`, or `~/.tusk`. Directories are 0700, files 0600. */
export class Home {
  readonly directory: string
  readonly secrets: SecretBox

  private constructor(directory: string, secrets: SecretBox) {
    this.directory = directory
    this.secrets = secrets
  }

  /** Makes what is missing. STATE_DAMAGED with the path when it cannot be written. */
  static open(directory: string = defaultDirectory()): Home {
    const path = resolve(directory)
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 })
      // First, as this tells when the place is read-only: making a directory there is said to fail for other reasons.
      chmodSync(path, 0o700)
      for (const name of ['results', 'tmp', 'logs', 'plugins', 'uploads', 'backups'])
        mkdirSync(join(path, name), { recursive: true, mode: 0o700 })
      return new Home(path, SecretBox.open(join(path, 'key')))
    } catch (error) {
      if (error instanceof TuskError) throw error
      throw new TuskError('STATE_DAMAGED', `The state directory ${path} cannot be used.`, {
        detail: error instanceof Error ? error.message : String(error),
        hint: 'Make it writable for you, or set TUSK_HOME to another directory.',
        cause: error,
      })
    }
  }

  /** Path of a file or directory inside. */
  path(...names: readonly string[]): string {
    return join(this.directory, ...names)
  }
}

function defaultDirectory(): string {
  const set = process.env.TUSK_HOME
  return set === undefined || set === '' ? join(homedir(), '.tusk') : set
}
