import type { FormField, FormValues } from '../engine/form-field.ts'
import type { WireError } from '../errors.ts'
import type { TuskPlugin } from './plugin.ts'

/** The plugins of this Tusk beside its built-in features: what there is, how it goes, and on and off. */
export interface Plugins {
  list(): readonly PluginInfo[]
  /** NOT_FOUND when there is none. */
  get(id: string): PluginInfo
  /** Starts it, now and from now on. What goes wrong is in its info, not thrown. */
  enable(id: string): Promise<PluginInfo>
  /** Stops it, now and from now on. What it brought is gone; its state stays. */
  disable(id: string): Promise<PluginInfo>
  /** The plugins that run, in the order of their ids. */
  running(): readonly TuskPlugin[]
  /** Fields and values of a plugin's form. Secrets are not given, only named in `secrets` when they are set. */
  config(id: string): PluginSettings
  /** CONFIG_INVALID names the field. An absent secret is kept. */
  changeConfig(id: string, values: Readonly<Record<string, string | number | boolean | null>>): Promise<PluginSettings>
}

export interface PluginInfo {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly description: string
  readonly state: 'running' | 'disabled' | 'failed'
  /** Why it failed. */
  readonly error?: WireError
  /** It runs, but something in it does not work. */
  readonly trouble?: WireError
  /** Where it comes from: a package beside Tusk, one that was installed, a folder given at the start. */
  readonly source: 'beside' | 'installed' | 'folder'
  readonly folder: string
  readonly packageName: string
  readonly requires?: string
  /** Where its page is. */
  readonly href?: string
  /** What it adds, in words: `2 datasets`, `engine Hello`. */
  readonly provides: readonly string[]
  readonly permissions: readonly { readonly permission: string; readonly description: string }[]
  readonly hasConfig: boolean
}

export interface PluginSettings {
  readonly fields: readonly FormField[]
  readonly values: FormValues
  /** Keys of secrets that are set. */
  readonly secrets: readonly string[]
}
