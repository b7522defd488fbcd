import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface TemplateFile {
  /** `base.html`, `components/forms.html`, `plugins/sql/studio.html`. */
  readonly name: string
  readonly path: string
  readonly source: string
  /** Changes when the file does. */
  readonly stamp: string
}

/** All templates in a folder. Only `*.html` are taken, because only those are escaped. */
export function readTemplates(folder: string, prefix: string): TemplateFile[] {
  return walk(folder, prefix).map(({ name, path, stamp }) => ({
    name,
    path,
    stamp,
    source: readFileSync(path, 'utf8'),
  }))
}

/** One text that changes when any template in the folder does. */
export function templateStamp(folder: string): string {
  return walk(folder, '')
    .map(({ name, stamp }) => `${name}:${stamp}`)
    .join('|')
}

function walk(folder: string, prefix: string): { name: string; path: string; stamp: string }[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => !entry.name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return walk(path, `${prefix}${entry.name}/`)
      if (!entry.isFile() || !entry.name.endsWith('.html')) return []
      const { size, mtimeMs } = statSync(path)
      return [{ name: `${prefix}${entry.name}`, path, stamp: `${size}:${mtimeMs}` }]
    })
}
