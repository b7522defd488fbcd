/** Colours and letters of charts, from the theme that is on. */
export interface ThemeLook {
  readonly series: readonly string[]
  readonly text: string
  readonly line: string
  readonly background: string
  readonly font: string
}

export function themeLook(): ThemeLook {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string): string => style.getPropertyValue(name).trim()
  return {
    series: [
      '--tusk-note',
      '--tusk-ok',
      '--tusk-orange',
      '--tusk-purple',
      '--tusk-cyan',
      '--tusk-pink',
      '--tusk-warn',
    ].map(color),
    text: color('--tusk-muted'),
    line: color('--tusk-line'),
    background: color('--color-base-100'),
    font: getComputedStyle(document.body).fontFamily,
  }
}

/** Calls back when another theme is chosen, until the returned function is called. */
export function onThemeChange(listener: () => void): () => void {
  const themes = new MutationObserver(listener)
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => themes.disconnect()
}
