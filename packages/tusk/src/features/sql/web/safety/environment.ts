import { h } from '../../../../ui/web/dom.ts'
import { icon } from '../../../../ui/web/icons.ts'
import type { WireConnection } from '../../../../wire.ts'

/** What a database is for: said in words wherever its connection is shown, and in a colour. */
export interface Environment {
  readonly id: string
  readonly label: string
  /** Where there is little room. */
  readonly short: string
  /** Of the connection that has none of its own. */
  readonly color: string
}

export const environments: readonly Environment[] = [
  { id: 'development', label: 'Development', short: 'dev', color: 'green' },
  { id: 'test', label: 'Test', short: 'test', color: 'yellow' },
  { id: 'production', label: 'Production', short: 'prod', color: 'red' },
]

/** The environment of a connection; a word of its own is its own label. */
export function environmentOf({ environment }: Pick<WireConnection, 'environment'>): Environment | undefined {
  if (environment === undefined || environment === '') return undefined
  const known = environments.find(({ id }) => id === environment)
  return known ?? { id: environment, label: environment, short: environment.slice(0, 8), color: 'violet' }
}

/** The colour a person chose, else that of the environment; '' for none. */
export function connectionColor(connection: Pick<WireConnection, 'color' | 'environment'>): string {
  return connection.color || (environmentOf(connection)?.color ?? '')
}

/** A small label in the connection's colour; nothing where no environment is set. */
export function environmentBadge(connection: WireConnection): HTMLElement | undefined {
  const environment = environmentOf(connection)
  if (environment === undefined) return undefined
  const badge = h(
    'span',
    {
      class: 'studio-environment',
      title: environment.id === 'production' ? 'Production: asks before data is lost' : environment.label,
    },
    environment.id === 'production' && icon('production'),
    environment.short,
  )
  paint(badge, connectionColor(connection))
  return badge
}

/** Gives an element the colour as `--dot`. */
export function paint(element: HTMLElement, color: string): void {
  delete element.dataset.color
  element.style.removeProperty('--dot')
  if (color.startsWith('#')) element.style.setProperty('--dot', color)
  else if (color !== '') element.dataset.color = color
}
