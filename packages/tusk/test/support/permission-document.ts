import { readFileSync } from 'node:fs'

/** A line of the table in docs/permissions.md. */
export interface DocumentedRoute {
  readonly method: string
  readonly path: string
  readonly permission: string
  readonly forPerson: boolean
  readonly beforePasswordChange: boolean
}

/** The table of routes as it is documented, not as the code has it. */
export function documentedRoutes(): readonly DocumentedRoute[] {
  const text = readFileSync(new URL('../../../../docs/permissions.md', import.meta.url), 'utf8')
  const lines = text.matchAll(/^\| ([A-Z]+) \| `([^`]+)` \| `([^`]+)` \| (refused)? ?\| (open)? ?\|$/gm)
  return [...lines].map(([, method = '', path = '', permission = '', tokens, open]) => ({
    method,
    path,
    permission,
    forPerson: tokens !== undefined,
    beforePasswordChange: open !== undefined,
  }))
}

/** An address of this route: each parameter filled with something that is nobody's. */
export function addressOf(path: string): string {
  return path.replace(/:[^/]+/g, 'none-of-these').replaceAll('*', 'none-of-these')
}

/** The route that answers at an address: of those that fit, the one with the fewest parameters. */
export function routeAt(
  routes: readonly DocumentedRoute[],
  method: string,
  address: string,
): DocumentedRoute | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method
  const parameters = ({ path }: DocumentedRoute): number => path.split(/:[^/]+|\*/).length
  return routes
    .filter(route => route.method === wanted && pattern(route.path).test(address))
    .toSorted((one, other) => parameters(one) - parameters(other))[0]
}

function pattern(path: string): RegExp {
  const parts = path.split(/(:[^/]+|\*)/).map(part => {
    if (part.startsWith(':')) return '[^/]+'
    return part === '*' ? '.*' : RegExp.escape(part)
  })
  return new RegExp(`^${parts.join('')}$`)
}
