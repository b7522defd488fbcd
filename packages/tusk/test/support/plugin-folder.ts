import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Writes a plugin's package, as its author would have it; `files` by path, package.json is made when it is not among them. */
export function writePlugin(folder: string, files: Readonly<Record<string, string>>, name = 'tusk-shop'): string {
  const all = {
    'package.json': JSON.stringify({ name, version: '1.2.3', type: 'module', tusk: { plugin: './index.js' } }),
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}
