import { h } from '../../../ui/web/dom.ts'
import { type IconName, icon } from '../../../ui/web/icons.ts'
import type { WireConnection } from '../../../wire.ts'

/** Colours a person can mark a connection with, so that production does not look like a test. */
export const connectionColors = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink', 'gray'] as const

const engineIcons: Readonly<Record<string, IconName>> = { postgres: 'database', duckdb: 'duckdb', sqlite: 'feather' }

export function engineIcon(engine: string): SVGElement {
  return icon(engineIcons[engine] ?? 'plug', 'studio-engine-icon')
}

/** A dot in the connection's colour; nothing when it has none. */
export function colorMark(color: string | undefined): HTMLElement | undefined {
  return color === undefined || color === '' ? undefined : colorDot(color)
}

/** A dot in a colour; hollow for none. */
export function colorDot(color: string): HTMLElement {
  const dot = h('span', { class: 'studio-dot', attributes: { 'aria-hidden': 'true' } })
  if (color === '') return dot
  if (color.startsWith('#')) dot.style.setProperty('--dot', color)
  else dot.dataset.color = color
  dot.classList.add('studio-dot-filled')
  return dot
}

/** Where it leads, in a few words: `host/database`, or the file's name. */
export function whereTo(connection: WireConnection): string {
  const { host, port, database, path } = connection.config
  if (path !== undefined) return String(path)
  const server = [host, port].filter(part => part !== undefined && part !== '').join(':')
  return [server, database].filter(part => part !== undefined && part !== '').join('/')
}
