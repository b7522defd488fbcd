import { join } from 'node:path'
import { localActor } from '../../src/auth/actor.ts'
import { openAuth } from '../../src/auth/open-auth.ts'
import { duckdbEngine } from '../../src/engines/duckdb/engine.ts'
import { Home } from '../../src/home/home.ts'
import { SavedConnections } from '../../src/query/saved-connections.ts'

/** The connections of a state directory, on record in its auth.db. */
export function recordedConnections(home: Home, audit: ReturnType<typeof openAuth>['audit']): SavedConnections {
  return new SavedConnections({
    file: join(home.directory, 'connections.toml'),
    engines: [duckdbEngine],
    secrets: home.secrets,
    audit,
  })
}

// As a process of its own: makes connections without end, and says each time that it is done.
const [, , directory] = process.argv
if (import.meta.main && directory !== undefined) {
  const home = Home.open(directory)
  using auth = openAuth(home.path('auth.db'))
  const connections = recordedConnections(home, auth.audit)
  for (let n = 1; ; n++) {
    await connections.create(localActor, { name: `made-${n}`, engine: 'duckdb', config: { path: ':memory:' } })
    process.stdout.write(`${n}\n`)
  }
}
