import { globSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const address = '(?:https?:|wss?:)?//[a-z0-9]'

/** What makes a browser ask another host: not links, which people follow themselves. */
const patterns: Readonly<Record<string, RegExp>> = {
  '.html': new RegExp(
    String.raw`<(?:script|link|img|iframe|source|video|audio|object|embed|form|use|image)\b[^>]*?\s(?:src|href|srcset|data|action)\s*=\s*["']?${address}|hx-(?:get|post|put|patch|delete)\s*=\s*["']?${address}|url\(\s*["']?${address}`,
    'i',
  ),
  '.css': new RegExp(String.raw`url\(\s*["']?${address}|@import\s+["']${address}`, 'i'),
  '.js': new RegExp(
    String.raw`(?:\bfrom|\bimport)\s*\(?\s*["'\x60]${address}|\b(?:fetch|EventSource|WebSocket|Worker|sendBeacon|importScripts|URL)\s*\(\s*["'\x60]${address}|\.(?:src|href)\s*=\s*["'\x60]${address}`,
    'i',
  ),
  '.svg': new RegExp(String.raw`(?:href|src)\s*=\s*["']${address}(?!www\.w3\.org)|url\(\s*["']?${address}`, 'i'),
}

/** Files in a folder that would ask another host, each with the place. */
export function foreignAddresses(folder: string): readonly string[] {
  return globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .flatMap(file => {
      const pattern = patterns[extname(file).replace('.mjs', '.js')]
      const found = pattern?.exec(readFileSync(file, 'utf8'))
      return found == null ? [] : [`${file.slice(folder.length)}: ${found[0]}`]
    })
}
