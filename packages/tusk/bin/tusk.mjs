#!/usr/bin/env node
import { existsSync } from 'node:fs'

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(`tusk: needs Node 24 or newer, this is ${process.versions.node}.`)
  process.exit(1)
}
// The package has its code compiled; the workspace runs it as it is written.
const compiled = new URL('../lib/cli/main.js', import.meta.url)
await import(existsSync(compiled) ? compiled.href : '../src/cli/main.ts')
