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
  const described = Object.values(permissionCategories).flatMap(list =>
    Object.entries(list).map(([permission, text]) => ({ permission, text })),
  )
  const all = [
    { permission: 'public', text: 'Everybody, also without signing in.' },
    { permission: 'authenticated', text: 'Everybody who has signed in.' },
    ...described,
  ]
  const lines = ['| Permission | Allows | Routes |', '|---|---|---|']
  for (const { permission, text } of all) {
    const own = routes
      .filter(route => route.permission === permission)
      .map(({ method, path }) => `\`${method} ${path}\``)
      .sort()
    lines.push(`| \`${permission}\` | ${text} | ${own.join('<br>')} |`)
  }
  return lines.join('\n')
}
