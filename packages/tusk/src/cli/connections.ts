import { localActor } from '../auth/actor.ts'
import { TuskError } from '../errors.ts'
import { Home } from '../home/home.ts'
import type { SavedConnection } from '../query/connections.ts'
import { SavedConnections } from '../query/saved-connections.ts'
import type { Command } from './command.ts'
import { openQueries } from './open-queries.ts'
import { resolveTarget } from './target.ts'

export const command: Command = {
  usage: ['[list] [--json]', 'add NAME URL [--read-only]', 'test NAME|URL', 'remove NAME'],
  description: 'Lists, adds, tests and removes saved connections.',
  options: {
    json: { type: 'boolean', help: 'as JSON' },
    'read-only': { type: 'boolean', help: 'refuse writes over this connection' },
  },
  notes: [
    'URL: postgres://user:password@host:5432/database?sslmode=require, sqlite:path, duckdb:path.',
    'Passwords are stored encrypted with the key of this Tusk. To keep one out of the shell history, add the connection in the studio.',
  ],
  async run({ values, positionals: [action = 'list', name, url, ...more], signal }) {
    const home = Home.open()
    await using queries = await openQueries({ home })
    const { engines } = queries
    const connections = new SavedConnections({ file: home.path('connections.toml'), engines, secrets: home.secrets })
    if (more.length > 0) throw new TuskError('USAGE', `“${more[0]}” is one word too many.`)
    switch (action) {
      case 'list':
        list(connections.list(localActor), values.json === true)
        return 0
      case 'add': {
        if (name === undefined || url === undefined) throw new TuskError('USAGE', 'Give a name and a URL.')
        const { engine, config } = resolveTarget(url, connections)
        const added = await connections.create(localActor, {
          name,
          engine: engine.id,
          config,
          readOnly: values['read-only'] === true,
        })
        process.stdout.write(
          values.json === true ? `${JSON.stringify(publicFacts(added))}\n` : `added ${added.name} (${added.id})\n`,
        )
        return 0
      }
      case 'test': {
        if (name === undefined) throw new TuskError('USAGE', 'Which connection?')
        const { engine, config, name: label } = resolveTarget(name, connections)
        const tested = await queries.hosts.testConnection(engine, config, { signal })
        process.stdout.write(
          values.json === true
            ? `${JSON.stringify({ ok: true, ...tested })}\n`
            : `${label}: ${tested.version ?? engine.label}, ${Math.round(tested.milliseconds)} ms\n`,
        )
        return 0
      }
      case 'remove': {
        const found = connections
          .list(localActor)
          .find(connection => connection.name === name || connection.id === name)
        if (found === undefined) throw new TuskError('NOT_FOUND', `There is no connection “${name ?? ''}”.`)
        await connections.remove(localActor, found.id)
        process.stdout.write(`removed ${found.name}\n`)
        return 0
      }
      default:
        throw new TuskError('USAGE', `There is no “connections ${action}”.`)
    }
  },
}

function list(connections: readonly SavedConnection[], json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(connections.map(publicFacts), null, 2)}\n`)
    return
  }
  if (connections.length === 0) {
    process.stdout.write('No connections yet. Add one: tusk connections add NAME URL\n')
    return
  }
  const width = Math.max(...connections.map(connection => connection.name.length))
  for (const { name, engine, config, readOnly, id } of connections)
    process.stdout.write(
      `${name.padEnd(width)}  ${engine.padEnd(8)}  ${config.path ?? `${config.host}:${config.port}/${config.database}`}${readOnly ? '  read-only' : ''}  (${id})\n`,
    )
}

function publicFacts({ id, name, engine, config, readOnly, sample }: SavedConnection): object {
  return { id, name, engine, config, readOnly, sample }
}
