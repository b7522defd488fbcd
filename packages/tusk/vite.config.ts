import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { defineConfig } from 'vite'

// One entry for what every page has, one for each island. The server finds the hashed names in the manifest (src/server/web-build.ts).
const islands = globSync(['src/ui/web/*.island.ts', 'src/features/*/web/*.island.ts'], {
  cwd: import.meta.dirname,
}).sort()

export default defineConfig({
  root: import.meta.dirname,
  base: '/static/web/',
  publicDir: false,
  build: {
    outDir: 'build/web',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2023',
    // The Content-Security-Policy allows no data: fonts, and inlined files could not be cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      input: {
        main: 'src/ui/web/main.ts',
        ...Object.fromEntries(islands.map(path => [basename(path, '.island.ts'), path])),
      },
    },
  },
})
