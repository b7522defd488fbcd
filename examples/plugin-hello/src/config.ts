// #region config
import type { FormField, PluginConfig } from 'tuskdata/plugin'

/** A form on the settings page; `~/.tusk/plugins/hello.toml` on disk, where the secret is encrypted. */
export const config: readonly FormField[] = [
  {
    key: 'language',
    label: 'Language',
    kind: 'choice',
    choices: ['English', 'Deutsch', 'Español'],
    default: 'English',
  },
  { key: 'loud', label: 'With an exclamation mark', kind: 'boolean', default: false },
  { key: 'postcard_key', label: 'Key of the postcard service', kind: 'secret', help: 'Nothing is sent without one.' },
]

const words: Readonly<Record<string, string>> = { English: 'Hello', Deutsch: 'Guten Tag', Español: 'Hola' }

export function greeting(name: string, { values }: Pick<PluginConfig, 'values'>): string {
  return `${words[String(values.language)] ?? 'Hello'}, ${name}${values.loud === true ? '!' : '.'}`
}
// #endregion
