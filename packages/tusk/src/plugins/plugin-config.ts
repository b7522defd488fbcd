import { existsSync, readFileSync } from 'node:fs'
import { parse, stringify } from 'smol-toml'
import { checkFields, type FormField, type FormValues } from '../engine/form-field.ts'
import { TuskError } from '../errors.ts'
import type { SecretBox } from '../home/secrets.ts'
import { writeFileAtomic } from '../home/write-file-atomic.ts'
import type { PluginSettings } from './plugins.ts'
import type { PluginConfig } from './tusk.ts'

/** A plugin's settings in its TOML file. Secrets are encrypted there; read once, written whole. */
export class PluginConfigFile implements PluginConfig {
  readonly #file: string
  readonly #label: string
  readonly #fields: readonly FormField[]
  readonly #secrets: SecretBox
  readonly #listeners = new Set<(values: FormValues) => void>()
  #stored: Readonly<Record<string, unknown>>
  #values: FormValues
  #writing: Promise<unknown> = Promise.resolve()

  /** CONFIG_INVALID, naming file and field, for a file that cannot be read; nothing of it is changed then. */
  constructor(options: { file: string; label: string; fields: readonly FormField[]; secrets: SecretBox }) {
    this.#file = options.file
    this.#label = options.label
    this.#fields = options.fields
    this.#secrets = options.secrets
    this.#stored = this.#read()
    this.#values = this.#check(this.#stored)
  }

  get values(): FormValues {
    return this.#values
  }

  /** What a form shows: no secret leaves. */
  get settings(): PluginSettings {
    const secret = new Set(this.#fields.filter(field => field.kind === 'secret').map(field => field.key))
    return {
      fields: this.#fields,
      values: Object.fromEntries(Object.entries(this.#values).filter(([key]) => !secret.has(key))),
      secrets: [...secret].filter(key => this.#values[key] !== undefined && this.#values[key] !== ''),
    }
  }

  async change(values: Readonly<Record<string, string | number | boolean | null>>): Promise<void> {
    const done = this.#writing.then(async () => {
      const stored: Record<string, unknown> = { ...this.#stored }
      for (const [key, value] of Object.entries(values)) {
        if (value === null || value === '') delete stored[key]
        else
          stored[key] =
            this.#isSecret(key) && typeof value === 'string' ? this.#secrets.encrypt(value, this.#context(key)) : value
      }
      const next = this.#check(stored)
      // Numbers from a form are text: the file has what was checked.
      for (const key of Object.keys(stored)) if (!this.#isSecret(key)) stored[key] = next[key]
      await writeFileAtomic(this.#file, `${stringify(stored)}\n`)
      this.#stored = stored
      this.#values = next
      for (const listener of this.#listeners) listener(next)
    })
    this.#writing = done.catch(() => undefined)
    await done
  }

  onChange(listener: (values: FormValues) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  #read(): Readonly<Record<string, unknown>> {
    if (!existsSync(this.#file)) return {}
    try {
      return parse(readFileSync(this.#file, 'utf8'))
    } catch (error) {
      throw new TuskError('CONFIG_INVALID', `${this.#file} cannot be read.`, {
        detail: error instanceof Error ? error.message : String(error),
        hint: 'Correct the file; it is not overwritten.',
        cause: error,
      })
    }
  }

  #check(stored: Readonly<Record<string, unknown>>): FormValues {
    const clear: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(stored))
      clear[key] =
        this.#isSecret(key) && typeof value === 'string' && value.startsWith('enc:')
          ? this.#secrets.decrypt(value, this.#context(key))
          : value
    return checkFields(this.#label, this.#fields, clear, 'CONFIG_INVALID')
  }

  #isSecret(key: string): boolean {
    return this.#fields.some(field => field.key === key && field.kind === 'secret')
  }

  #context(key: string): string {
    return `plugin:${this.#label}:${key}`
  }
}
