import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const folder = join(dirname(createRequire(import.meta.url).resolve('lucide-static/package.json')), 'icons')
const cache = new Map<string, string>()

/** A Lucide icon as inline SVG in the colour of its text, decorative. An unknown name gives an empty box, so that a typo breaks no page. */
export function iconSvg(name: string, className = ''): string {
  const outline = cache.get(name) ?? readOutline(name)
  cache.set(name, outline)
  const classes = /^[\w\s:/.[\]-]*$/.test(className) ? className : ''
  return `<svg class="icon ${classes}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${outline}</svg>`
}

/** True when there is such an icon. */
export function hasIcon(name: string): boolean {
  return readOutline(name) !== missing
}

const missing = '<rect x="4" y="4" width="16" height="16" rx="2" stroke-dasharray="3 3"/>'

function readOutline(name: string): string {
  if (!/^[a-z0-9-]+$/.test(name)) return missing
  try {
    const text = readFileSync(join(folder, `${name}.svg`), 'utf8')
    const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(text)?.[1]
    return inner === undefined ? missing : inner.replace(/\s+/g, ' ').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing
    throw error
  }
}
