import type { WirePreferences } from '../../wire.ts'
import { api } from './api.ts'

/** What the person chose for themselves, as the page was told; undefined on pages for nobody in particular. */
export function preferences(): WirePreferences | undefined {
  const text = document.documentElement.dataset.preferences
  return text === undefined ? undefined : (JSON.parse(text) as WirePreferences)
}

/** From here on this page knows of a choice. */
export function takePreferences(change: Partial<WirePreferences>): void {
  const known = preferences()
  if (known !== undefined) document.documentElement.dataset.preferences = JSON.stringify({ ...known, ...change })
}

/** Keeps a choice for the person, for every browser; where nobody is known nothing is kept. Rejects with an ApiError. */
export async function changePreferences(change: Partial<WirePreferences>): Promise<void> {
  if (preferences() !== undefined) await api.post('/api/preferences', change, { keepalive: true })
}
