import { permissionCategories } from '../auth/permissions.ts'
import type { RouteEntry } from './route-rules.ts'

const begin = '<!-- routes: made from the code -->'
const end = '<!-- end of routes -->'

/** docs/permissions.md with its tables as the code has them: what each permission allows, and the routes that ask for it. */
export function withPermissionTable(document: string, routes: readonly RouteEntry[]): string {
  const from = document.indexOf(begin)
  const to = document.indexOf(end)
  if (from === -1 || to < from) throw new Error(`The document has no place for the table: ${begin} … ${end}`)
  return `${document.slice(0, from + begin.length)}\n${tables(routes)}\n${document.slice(to)}`
}

function tables(routes: readonly RouteEntry[]): string {
  const described = Object.entries(permissionCategories).flatMap(([category, list]) =>
    Object.entries(list).map(([permission, text]) => ({ permission, category, text })),
  )
  const all = [
    { permission: 'public', category: '', text: 'Everybody, also without signing in.' },
    { permission: 'authenticated', category: '', text: 'Everybody who has signed in.' },
    ...described,
  ]
  const permissionRows = all.map(({ permission, category, text }) => {
    const count = routes.filter(route => route.permission === permission).length
    return `| \`${permission}\` | ${category} | ${text} | ${count} |`
  })
  const routeRows = routes
    .toSorted((a, b) => compare(a.path, b.path) || compare(a.method, b.method))
    .map(({ method, path, permission, forPerson, beforePasswordChange }) => {
      const tokens = forPerson ? 'refused' : ''
      return `| ${method} | \`${path}\` | \`${permission}\` | ${tokens} | ${beforePasswordChange ? 'open' : ''} |`
    })
  return [
    '| Permission | Category | Allows | Routes |',
    '|---|---|---|---|',
    ...permissionRows,
    '',
    '| Method | Path | Permission | Tokens of programs | Before a first password is changed |',
    '|---|---|---|---|---|',
    ...routeRows,
  ].join('\n')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
