export type Theme = 'dark' | 'light' | 'system'

const KEY = 'tusk:theme'
const dark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)')

/** What the person chose in this browser, or what Tusk is set to. base.html reads the same key before the first paint. */
export function chosenTheme(): Theme {
  return valid(localStorage.getItem(KEY)) ?? valid(document.documentElement.dataset.defaultTheme) ?? 'dark'
}

/** Changes it on this page and in all other tabs of this browser. */
export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme)
  applyTheme()
}

/** Wires buttons `data-shell="theme"` (dark or light) and radios `data-theme-choice`. */
export function startTheme(): void {
  applyTheme()
  dark().addEventListener('change', applyTheme)
  window.addEventListener('storage', event => event.key === KEY && applyTheme())
  document.addEventListener('click', event => {
    if ((event.target as Element).closest('[data-shell="theme"]') !== null)
      chooseTheme(shown() === 'dark' ? 'light' : 'dark')
  })
  document.addEventListener('change', event => {
    const choice = valid((event.target as HTMLElement).dataset.themeChoice)
    if (choice !== undefined) chooseTheme(choice)
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
