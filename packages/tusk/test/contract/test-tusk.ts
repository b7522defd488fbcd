import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { type Actor, localActor } from '../../src/auth/actor.ts'
import type { ConnectionConfig } from '../../src/engine/engine.ts'
import { TuskError } from '../../src/errors.ts'
import { Home } from '../../src/home/home.ts'
import type { Tusk } from '../../src/plugins/tusk.ts'
import { startStudio } from '../../src/studio.ts'
import { readStored } from './read-stored.ts'

export interface TestTuskOptions {
  /** Folders of plugins, as `tusk studio --plugin` takes them. */
  readonly plugins?: readonly string[]
  /** Text of config.toml. */
  readonly config?: string
  /** The one person of this Tusk. Default: one who may do everything. `{ id: 'ada', name: 'Ada', can: one => one !== 'plugin.shop.write' }` */
  readonly actor?: Actor
}

/** A running Tusk of a test's own, with nothing in it but the plugins of the test. Disposing ends it and removes all it has written. */
export interface TestTusk extends AsyncDisposable {
  /** `http://127.0.0.1:…` */
  readonly address: string
  /** The state directory. */
  readonly home: string
  readonly tusk: Tusk
  /** The one person of this Tusk. */
  readonly actor: Actor
  /** A request as a program makes it. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** A form as a page of this Tusk sends it. */
  submit(path: string, fields: Readonly<Record<string, string>>, method?: string): Promise<Response>
  /** Saves a connection and gives its id. */
  connect(engine: string, config: ConnectionConfig): Promise<string>
  /** Runs a statement to its end: every cell as its exact text. Without a connection in an empty DuckDB, where datasets are. */
  rows(sql: string, connectionId?: string): Promise<readonly (readonly (string | null)[])[]>
}

/** PLUGIN_FAILED, with the reason, when one of the plugins does not start. */
export async function testTusk({ plugins = [], config, actor = localActor }: TestTuskOptions = {}): Promise<TestTusk> {
  await using stack = new AsyncDisposableStack()
  const directory = mkdtempSync(join(tmpdir(), 'tusk-test-'))
  stack.defer(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
  if (config !== undefined) writeFileSync(join(directory, 'config.toml'), config)
  const { address, tusk } = stack.use(
    await startStudio({
      home: Home.open(directory),
      host: '127.0.0.1',
      port: 0,
      samples: false,
      log: pino({ level: 'silent' }),
      plugins: { folders: plugins, beside: undefined },
      authenticate: () => actor,
    }),
  )
  const failed = tusk.plugins.list().find(({ error }) => error !== undefined)
  if (failed?.error !== undefined) throw TuskError.fromJSON(failed.error)
  let duckdb: string | undefined
  const connect = async (engine: string, values: ConnectionConfig): Promise<string> =>
    (await tusk.connections.create(actor, { name: engine, engine, config: values })).id
  const owned = stack.move()
  return {
    address,
    home: directory,
    tusk,
    actor,
    connect,
    fetch: (path, init) => fetch(`${address}${path}`, init),
    submit: (path, fields, method = 'POST') =>
      fetch(`${address}${path}`, {
        method,
        headers: { Origin: address, 'Sec-Fetch-Site': 'same-origin', 'HX-Request': 'true' },
        body: new URLSearchParams(fields),
      }),
    async rows(sql, connectionId) {
      duckdb ??= await connect('duckdb', { path: ':memory:' })
      return readStored(await tusk.run(actor, { connectionId: connectionId ?? duckdb, sql }))
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
