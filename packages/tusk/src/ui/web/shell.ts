import { startTheme } from './theme.ts'

/** What every page has: the theme button and the side bar that folds. */
export function startShell(): void {
  startTheme()
  const fold = document.querySelector<HTMLButtonElement>('[data-shell="fold"]')
  if (fold === null) return
  const root = document.documentElement
  const show = (): void => {
    fold.ariaExpanded = String(!isFolded())
  }
  fold.addEventListener('click', () => {
    root.dataset.sidebar = isFolded() ? 'open' : 'folded'
    localStorage.setItem('tusk:sidebar', root.dataset.sidebar)
    show()
  })
  matchMedia('(min-width: 1440px)').addEventListener('change', show)
  show()
}

/** Narrow windows start folded, unless the person said otherwise. */
function isFolded(): boolean {
  const said = document.documentElement.dataset.sidebar
  return said === undefined || said === 'auto' ? !matchMedia('(min-width: 1440px)').matches : said === 'folded'
}
