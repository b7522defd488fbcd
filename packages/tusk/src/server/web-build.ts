import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What `vite build` made: `packages/tusk/build/web`. */
export const webBuildFolder = fileURLToPath(new URL('../../build/web', import.meta.url))

/** Addresses of the browser's code for a page. Empty when it was never built. */
export interface WebEntry {
  readonly script?: string
  readonly styles: readonly string[]
  /** Chunks that the entry imports at once. */
  readonly preloads: readonly string[]
}

export interface WebBuild {
  entry(source: string): WebEntry
  /** What an island's own chunk needs, so that the page can ask for it at once. */
  island(name: string): WebEntry
}

interface ManifestChunk {
  readonly file: string
  readonly css?: readonly string[]
  readonly imports?: readonly string[]
}

/** Finds hashed files in Vite's manifest; read anew when it changes, so a new build needs no restart. */
export function createWebBuild(folder: string = webBuildFolder): WebBuild {
  const file = join(folder, 'manifest.json')
  let manifest: Readonly<Record<string, ManifestChunk>> = {}
  let stamp = ''
  return { entry: source => entryOf(read(), source), island: name => entryOf(read(), islandSource(read(), name)) }

  function read(): Readonly<Record<string, ManifestChunk>> {
    const stat = statSync(file, { throwIfNoEntry: false })
    const now = `${stat?.size}:${stat?.mtimeMs}`
    if (now !== stamp) {
      manifest = stat === undefined ? {} : (JSON.parse(readFileSync(file, 'utf8')) as typeof manifest)
      stamp = now
    }
    return manifest
  }
}

function islandSource(manifest: Readonly<Record<string, ManifestChunk>>, name: string): string {
  return Object.keys(manifest).find(key => key.endsWith(`/${name}.island.ts`)) ?? ''
}

function entryOf(manifest: Readonly<Record<string, ManifestChunk>>, source: string): WebEntry {
  const chunk = manifest[source]
  if (chunk === undefined) return { styles: [], preloads: [] }
  const seen = new Set<string>()
  const chunks: ManifestChunk[] = []
  const walk = (key: string): void => {
    const one = manifest[key]
    if (one === undefined || seen.has(key)) return
    seen.add(key)
    for (const next of one.imports ?? []) walk(next)
    chunks.push(one)
  }
  walk(source)
  return {
    script: address(chunk.file),
    styles: [...new Set(chunks.flatMap(one => one.css ?? []))].map(address),
    preloads: chunks.filter(one => one !== chunk).map(one => address(one.file)),
  }
}

function address(file: string): string {
  return `/static/web/${file}`
}
