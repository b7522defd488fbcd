import { ApiError } from './api.ts'
import { changePreferences, preferences, takePreferences } from './preferences.ts'
import { toast } from './toast.ts'

export type Theme = 'dark' | 'light' | 'system'

const KEY = 'tusk:theme'
const dark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)')

/** What the person chose, or what was chosen in this browser, or what Tusk is set to. base.html does the same before the first paint. */
export function chosenTheme(): Theme {
  const { defaultTheme } = document.documentElement.dataset
  return preferences()?.theme ?? valid(localStorage.getItem(KEY)) ?? valid(defaultTheme) ?? 'dark'
}

/** Changes it on this page and in all other tabs of this browser, and keeps it for the person. */
export async function chooseTheme(theme: Theme): Promise<void> {
  localStorage.setItem(KEY, theme)
  takePreferences({ theme })
  applyTheme()
  try {
    await changePreferences({ theme })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    toast({ kind: 'warning', title: 'The theme is kept in this browser only', detail: error.message })
  }
}

/** Wires buttons `data-shell="theme"` (dark or light) and radios `data-theme-choice`. */
export function startTheme(): void {
  applyTheme()
  dark().addEventListener('change', applyTheme)
  document.addEventListener('htmx:after:swap', applyTheme)
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key !== KEY) return
    const theme = valid(newValue)
    if (theme !== undefined) takePreferences({ theme })
    applyTheme()
  })
  document.addEventListener('click', event => {
    if ((event.target as Element).closest('[data-shell="theme"]') !== null)
      void chooseTheme(shown() === 'dark' ? 'light' : 'dark')
  })
  document.addEventListener('change', event => {
    const choice = valid((event.target as HTMLElement).dataset.themeChoice)
    if (choice !== undefined) void chooseTheme(choice)
  })
}

function shown(): 'dark' | 'light' {
  const theme = chosenTheme()
  if (theme !== 'system') return theme
  return dark().matches ? 'dark' : 'light'
}

function applyTheme(): void {
  const theme = shown()
  document.documentElement.dataset.theme = theme
  for (const button of document.querySelectorAll('[data-shell="theme"]'))
    button.ariaLabel = theme === 'dark' ? 'Switch to the light theme' : 'Switch to the dark theme'
  for (const radio of document.querySelectorAll<HTMLInputElement>('[data-theme-choice]'))
    radio.checked = radio.dataset.themeChoice === chosenTheme()
}

function valid(text: string | null | undefined): Theme | undefined {
  return text === 'dark' || text === 'light' || text === 'system' ? text : undefined
}
