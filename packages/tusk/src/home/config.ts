import { stringify } from 'smol-toml'
import { TuskError } from '../errors.ts'
import { readToml } from './read-toml.ts'
import { type SettingKey, settingAliases, settings } from './settings.ts'
import { writeFileAtomic } from './write-file-atomic.ts'

/** Values of every setting, defaults included. */
export type Config = { readonly [Key in SettingKey]: (typeof settings)[Key]['kind'] extends 'number' ? number : string }

/**
 * Reads config.toml; an absent file is all defaults. CONFIG_INVALID, naming file, key and what is allowed, for anything that cannot be
 * read or is not known: Tusk does not start on a guess (R12).
 */
export function readConfig(file: string): Config {
  return configFrom(readTable(file), file)
}

/** The setting that a person means by `name`: a key, or an older name of one. BAD_REQUEST lists the keys otherwise. */
export function settingKey(name: string): SettingKey {
  if (Object.hasOwn(settings, name)) return name as SettingKey
  const alias = Object.hasOwn(settingAliases, name) ? settingAliases[name] : undefined
  if (alias !== undefined) return alias
  throw new TuskError('BAD_REQUEST', `There is no setting “${name}”.`, {
    hint: `Settings: ${Object.keys(settings).join(', ')}`,
  })
}

/** Changes one setting and leaves the rest of the file as it is (comments are not kept). An empty text removes it. */
export async function writeSetting(file: string, key: SettingKey, value: string): Promise<Config> {
  const table = readTable(file)
  const [section, name] = splitKey(key)
  const group = { ...(isTable(table[section]) ? table[section] : {}) }
  if (value === '') delete group[name]
  else group[name] = settings[key].kind === 'number' ? Number(value) : value
  const next = { ...table, [section]: group }
  const config = configFrom(next, file)
  await writeFileAtomic(file, `${stringify(next)}\n`)
  return config
}

type Table = Record<string, unknown>

function readTable(file: string): Table {
  return readToml(
    file,
    'CONFIG_INVALID',
    'Correct the file; Tusk does not start with a broken configuration and does not overwrite it.',
  )
}

function configFrom(table: Table, file: string): Config {
  const values: Record<string, string | number> = {}
  for (const [key, setting] of Object.entries(settings)) values[key] = setting.default
  for (const [section, group] of Object.entries(table)) {
    if (!isTable(group)) throw invalid(file, section, 'is not a table')
    for (const [name, value] of Object.entries(group)) {
      const key = `${section}.${name}`
      if (!Object.hasOwn(settings, key)) throw invalid(file, key, 'is not known')
      values[key] = checked(file, key as SettingKey, value)
    }
  }
  return values as Config
}

function checked(file: string, key: SettingKey, value: unknown): string | number {
  const setting = settings[key]
  switch (setting.kind) {
    case 'text':
      if (typeof value !== 'string') throw invalid(file, key, 'must be text in quotes')
      return value
    case 'choice':
      if (typeof value !== 'string' || !(setting.choices as readonly string[]).includes(value))
        throw invalid(file, key, `must be one of: ${setting.choices.join(', ')}`)
      return value
    case 'number':
      if (typeof value !== 'number' || !Number.isInteger(value) || value < setting.min || value > setting.max)
        throw invalid(file, key, `must be a whole number from ${setting.min} to ${setting.max}`)
      return value
  }
}

function invalid(file: string, key: string, what: string): TuskError {
  return new TuskError('CONFIG_INVALID', `The setting ${key} ${what}.`, {
    detail: file,
    hint: `Correct it there, or with: tusk config set ${key} VALUE`,
  })
}

function splitKey(key: SettingKey): [string, string] {
  const dot = key.indexOf('.')
  return [key.slice(0, dot), key.slice(dot + 1)]
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
