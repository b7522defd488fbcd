import { TuskError } from '../errors.ts'
import type { Actor } from './actor.ts'

/** What somebody chose for themselves; what is absent was never chosen. */
export interface Preferences {
  readonly theme?: 'dark' | 'light' | 'system'
  /** Pixels. */
  readonly editorFontSize?: number
  /** Columns of a tab, and spaces that the key Tab writes. */
  readonly editorTabSize?: number
  /** Long lines are wrapped; else they scroll. */
  readonly editorLineWrap?: boolean
  readonly editorLineNumbers?: boolean
  /** A bracket or quote brings the one that closes it. */
  readonly editorCloseBrackets?: boolean
  /** Completions are offered while one types; else Ctrl+Space asks for them. */
  readonly editorCompletion?: boolean
  /** Modes and keys of Vim. */
  readonly editorVimKeys?: boolean
}

/** What each preference may be. */
export const preferenceKinds = {
  theme: { choices: ['dark', 'light', 'system'] },
  editorFontSize: { min: 9, max: 32 },
  editorTabSize: { min: 1, max: 8 },
  editorLineWrap: 'flag',
  editorLineNumbers: 'flag',
  editorCloseBrackets: 'flag',
  editorCompletion: 'flag',
  editorVimKeys: 'flag',
} as const satisfies Record<
  keyof Preferences,
  'flag' | { readonly choices: readonly string[] } | { readonly min: number; readonly max: number }
>

/** Keeps what people choose for themselves, so that it is the same in every browser. */
export interface PreferenceKeeper {
  of(actor: Actor): Preferences
  /** Changes those that are given; the rest stays. BAD_REQUEST for a value that cannot be. */
  change(actor: Actor, change: Preferences): Promise<Preferences>
}

/** Those of `values` that are preferences with a value they may have. */
export function knownPreferences(values: Readonly<Record<string, unknown>>): Preferences {
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => isPreference(key, value)))
}

/** BAD_REQUEST names the first that is none. */
export function checkPreferences(values: Preferences): void {
  for (const [key, value] of Object.entries(values))
    if (!isPreference(key, value))
      throw new TuskError('BAD_REQUEST', `“${key}” cannot be set to ${JSON.stringify(value)}.`)
}

function isPreference(key: string, value: unknown): boolean {
  if (!Object.hasOwn(preferenceKinds, key)) return false
  const kind = preferenceKinds[key as keyof Preferences]
  if (kind === 'flag') return typeof value === 'boolean'
  if ('choices' in kind) return (kind.choices as readonly unknown[]).includes(value)
  return Number.isInteger(value) && Number(value) >= kind.min && Number(value) <= kind.max
}
