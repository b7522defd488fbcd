import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm run dev`: builds browser code at each change and starts the studio anew when server code changes. */
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const product = join(root, 'packages', 'tusk')

const children: readonly ChildProcess[] = [
  spawn(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--watch', '--logLevel', 'warn'], {
    cwd: product,
    stdio: 'inherit',
  }),
  spawn(
    process.execPath,
    ['--watch', join(product, 'src/cli/main.ts'), 'studio', '--no-open', ...process.argv.slice(2)],
    { cwd: root, stdio: 'inherit' },
  ),
]

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    for (const child of children) child.kill(signal)
  })
await Promise.race(children.map(child => once(child, 'exit')))
for (const child of children) child.kill()
