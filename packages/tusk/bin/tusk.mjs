#!/usr/bin/env node
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(`tusk: needs Node 24 or newer, this is ${process.versions.node}.`)
  process.exit(1)
}
await import('../src/cli/main.ts')
