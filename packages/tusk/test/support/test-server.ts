import { join } from 'node:path'
import type { TuskPlugin } from '../../src/plugins/plugin.ts'
import { createServer, type ServerOptions, type TuskServer } from '../../src/server/create-server.ts'
import { createFakeTusk, type FakeTusk } from './fake-tusk.ts'

export interface TestServer extends AsyncDisposable {
  readonly server: TuskServer
  readonly fake: FakeTusk
  readonly address: string
  readonly port: number
  fetch(path: string, init?: RequestInit): Promise<Response>
}

/** A real server on a free port, over a Tusk of a temp directory. Compiled styles are kept in the workspace's cache, for the next run. */
export async function startTestServer(
  features: readonly TuskPlugin[] = [],
  options: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const fake = createFakeTusk(options.tusk)
  try {
    const server = await createServer({
      features,
      host: '127.0.0.1',
      port: 0,
      log: fake.log,
      assets: { cacheDirectory: join(import.meta.dirname, '../../../../.cache/test-styles') },
      ...options,
      tusk: fake.tusk,
    })
    return {
      server,
      fake,
      address: server.address,
      port: Number(new URL(server.address).port),
      fetch: (path, init) => fetch(`${server.address}${path}`, init),
      [Symbol.asyncDispose]: async () => {
        await server.close()
        fake[Symbol.dispose]()
      },
    }
  } catch (error) {
    fake[Symbol.dispose]()
    throw error
  }
}

/** A plugin with nothing but routes. */
export function routesOnly(id: string, routes: NonNullable<TuskPlugin['routes']>): TuskPlugin {
  return { id, routes }
}
