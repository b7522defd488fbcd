import assert from 'node:assert/strict'
import {
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { readColumns } from '../../src/arrow/read-columns.ts'
import { type Actor, localActor } from '../../src/auth/actor.ts'
import { permissions } from '../../src/auth/permissions.ts'
import { checkConfig } from '../../src/engine/check-config.ts'
import type { ConnectionConfig, Engine } from '../../src/engine/engine.ts'
import { checkFields } from '../../src/engine/form-field.ts'
import { duckdbEngine } from '../../src/engines/duckdb/engine.ts'
import { TuskError } from '../../src/errors.ts'
import { Home } from '../../src/home/home.ts'
import { readPluginPackage } from '../../src/plugins/discover.ts'
import type { TuskPlugin } from '../../src/plugins/plugin.ts'
import { schemaOf } from '../../src/plugins/plugin-datasets.ts'
import { pluginTusk } from '../../src/plugins/plugin-tusk.ts'
import type { PluginTusk } from '../../src/plugins/tusk.ts'
import { createServer, type TuskServer } from '../../src/server/create-server.ts'
import { hasIcon } from '../../src/server/icons.ts'
import { type OpenTusk, openTusk } from '../../src/tusk.ts'
import { hostileBatch } from '../support/hostile-values.ts'
import { missingInTemplates } from './check-templates.ts'
import { cutNetwork, triedMark } from './cut-network.ts'
import { foreignAddresses } from './foreign-addresses.ts'
import { type PluginRoute, routesOf } from './plugin-routes.ts'
import { run } from './read-all.ts'
import { readStored } from './read-stored.ts'

export interface ConformOptions {
  /**
   * Requests to try, by route, in this order: for routes with parameters, and for those that change something. Each is refused to who
   * lacks its permission, and succeeds for who has it.
   *
   *     { 'POST /shop/items': { form: { name: 'Pen' } }, 'DELETE /shop/items/:id': { path: '/shop/items/1' } }
   */
  readonly requests?: Readonly<Record<string, ExampleRequest>>
  /** Settings of the plugin's steps by kind; default: the defaults of their fields. */
  readonly steps?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** A connection to try for each engine of the plugin; without one only its form is looked at. */
  readonly engines?: Readonly<Record<string, ConnectionConfig>>
}

export interface ExampleRequest {
  /** With its parameters and its query. Default: the route's own, when it has no parameters. */
  readonly path?: string
  /** Fields, as a page sends them. */
  readonly form?: Readonly<Record<string, string>>
  /** A body, as a program sends it. */
  readonly json?: unknown
}

/** The table that steps are given: the same as often as they take tables. */
const stepTable = 'id BIGINT, name VARCHAR, amount DOUBLE, price DECIMAL(12,2), day DATE, flag BOOLEAN'

/**
 * Tests that any plugin has to pass, in a Tusk of their own without a network. `plugin` is the folder of its package; a plugin object is
 * taken as built-in features are: its addresses are its own business.
 *
 *     conformPlugin(join(import.meta.dirname, '..'))
 */
export function conformPlugin(plugin: string | TuskPlugin, options: ConformOptions = {}): void {
  const name = typeof plugin === 'string' ? basename(realpathSync(plugin)) : plugin.id
  describe(`the plugin ${name} keeps the contract`, { concurrency: false }, () => {
    let one: Conformed
    let cut: ReturnType<typeof cutNetwork>
    before(async () => {
      cut = cutNetwork()
      one = await Conformed.open(plugin)
    })
    after(async () => {
      await one?.[Symbol.asyncDispose]()
      cut[Symbol.dispose]()
    })

    test('it starts, under an id that is one', () => {
      assert.match(one.plugin.id, /^[a-z][a-z0-9-]{1,31}$/)
      assert.notEqual(one.plugin.name ?? one.plugin.id, '')
      if (one.plugin.tab !== undefined)
        assert.ok(hasIcon(one.plugin.tab.icon), `there is no icon ${one.plugin.tab.icon}`)
    })

    if (typeof plugin === 'string')
      test('its package says what it is', () => {
        const manifest = JSON.parse(readFileSync(join(plugin, 'package.json'), 'utf8')) as Record<string, unknown>
        for (const key of ['name', 'version', 'license'])
          assert.equal(typeof manifest[key], 'string', `${key} is missing`)
        assert.equal(
          (manifest.dependencies as Record<string, string> | undefined)?.tuskdata,
          undefined,
          'tuskdata is a peer dependency, so that there is one of it',
        )
        assert.ok(one.plugin.version === undefined || one.plugin.version === manifest.version, 'two different versions')
      })

    test('every route names a permission that exists, HEAD as well', () => {
      const known = new Set<string>([...permissions, 'authenticated', 'public', ...one.ownPermissions])
      const wrong = one.routes.filter(({ permission }) => permission === undefined || !known.has(permission))
      assert.deepEqual(wrong, [])
    })

    test('nobody gets past a permission that he does not hold', async () => {
      for (const route of one.routes) {
        if (route.permission === undefined || route.permission === 'public') continue
        const missing = route.permission
        const refused = await one.ask(route, missing === 'authenticated' ? undefined : holdsAllBut(missing))
        assert.equal(
          refused,
          missing === 'authenticated' ? 401 : 403,
          `${route.method} ${route.url} without ${missing}`,
        )
      }
    })

    test('its check of access answers for somebody without any permission', async () => {
      const answer = await one.plugin.checkAccess?.({ id: 'nobody', name: 'nobody', can: () => false })
      assert.ok(answer === undefined || typeof answer === 'boolean')
    })

    if (typeof plugin === 'string')
      test('its routes lie under its own addresses', () => {
        const { id, tab } = one.plugin
        const own = [`/p/${id}`, `/api/plugins/${id}`, ...(tab?.href === undefined ? [] : [tab.href])]
        const wrong = one.routes.filter(
          ({ url }) => !own.some(prefix => url === prefix || url.startsWith(`${prefix}/`)),
        )
        assert.deepEqual(wrong, [])
      })

    test('its pages answer', async () => {
      for (const route of one.routes) {
        if (route.method !== 'GET' || /[:*]/.test(route.url)) continue
        const status = await one.ask(route, localActor)
        assert.ok(status < 500, `GET ${route.url} answers ${status}`)
      }
    })

    test('the requests that it gives as examples are refused without the permission, and succeed with it', async () => {
      for (const [name, example] of Object.entries(options.requests ?? {})) {
        const route = one.routes.find(({ method, url }) => `${method} ${url}` === name)
        assert.ok(route !== undefined, `there is no route ${name}`)
        assert.ok(example.path !== undefined || !/[:*]/.test(route.url), `${name} needs a path`)
        const { permission } = route
        if (permission !== undefined && permission !== 'public') {
          const status = permission === 'authenticated' ? 401 : 403
          const somebody = permission === 'authenticated' ? undefined : holdsAllBut(permission)
          assert.equal(await one.ask(route, somebody, example), status, `${name} without ${permission}`)
        }
        const answered = await one.ask(route, localActor, example)
        assert.ok(answered < 400, `${name} answers ${answered}`)
      }
    })

    test('its templates extend and import what is there', () => {
      assert.deepEqual(missingInTemplates(one.plugin), [])
    })

    test('its templates and files ask no other host', () => {
      for (const folder of [one.plugin.templates, one.plugin.assets])
        if (folder !== undefined) assert.deepEqual(foreignAddresses(fileURLToPath(folder)), [])
    })

    test('its files are files of its own, and islands and viewers export mount', () => {
      const { assets, resultViewers = [] } = one.plugin
      if (assets === undefined) return
      const folder = realpathSync(fileURLToPath(assets))
      for (const entry of globSync('**/*', { cwd: folder, withFileTypes: true })) {
        assert.ok(!entry.isSymbolicLink(), `${entry.name} is a link and will not be served`)
        if (entry.name.endsWith('.island.js'))
          assert.match(readFileSync(join(entry.parentPath, entry.name), 'utf8'), exportsMount, entry.name)
      }
      for (const { module } of resultViewers)
        assert.match(readFileSync(join(folder, module), 'utf8'), exportsMount, module)
    })

    test('it can be set to its defaults', () => {
      const { id, config = [] } = one.plugin
      const values = checkFields(id, config, {}, 'CONFIG_INVALID')
      assert.deepEqual(checkFields(id, config, values, 'CONFIG_INVALID'), values)
      for (const { key, kind, choices = [] } of config) if (kind === 'choice') assert.notEqual(choices.length, 0, key)
    })

    test('its datasets can be read, with the columns that they declare', async () => {
      for (const dataset of one.plugin.datasets ?? []) {
        await one.rows(`SELECT * FROM ${schemaOf(one.plugin)}.${dataset.name}`)
        if ('table' in dataset) continue
        const { schema, batches } = await dataset.read({
          actor: localActor,
          tusk: one.tusk,
          signal: AbortSignal.timeout(30_000),
        })
        for await (const batch of batches) {
          assert.deepEqual(batch.schema.fields, schema.fields, dataset.name)
          for (const column of readColumns(batch)) for (let row = 0; row < batch.rowCount; row++) column.text(row)
        }
      }
    })

    test('its steps give the columns that they say', async () => {
      for (const step of one.plugin.steps ?? []) {
        await using connection = await duckdbEngine.open({ path: ':memory:' })
        const names = Array.from({ length: step.inputs ?? 1 }, (_, index) => `input ${index + 1}`)
        for (const table of names) await run(connection, `CREATE TABLE "${table}" (${stepTable})`)
        const inputs = await Promise.all(
          names.map(async table => (await run(connection, `SELECT * FROM "${table}"`)).schema),
        )
        const config = checkFields(step.kind, step.fields, options.steps?.[step.kind] ?? {}, 'CONFIG_INVALID')
        const sql = step.toSql(
          config,
          names.map(table => `"${table}"`),
          duckdbEngine.dialect,
        )
        const { schema } = await run(connection, sql)
        const shape = (fields: typeof schema.fields): unknown => fields.map(field => [field.name, field.type])
        assert.deepEqual(shape(step.output(config, inputs).fields), shape(schema.fields), step.kind)
        assert.notEqual(step.toPolars(config, names).trim(), '', step.kind)
      }
    })

    test('its exporters write any value, and no rows at all', async () => {
      const batch = hostileBatch()
      for (const exporter of one.plugin.exporters ?? []) {
        const defaults = Object.fromEntries(exporter.options.map(option => [option.key, option.default]))
        for (const batches of [[batch], []]) {
          let length = 0
          async function* give() {
            yield* batches
          }
          for await (const bytes of exporter.write(batch.schema, give(), defaults)) length += bytes.byteLength
          assert.ok(batches.length === 0 || length > 0, `${exporter.format} wrote nothing`)
        }
      }
    })

    test('its engines open, tell what is there and close', async () => {
      for (const engine of one.plugin.engines ?? []) {
        assert.equal(new Set(engine.fields.map(({ key }) => key)).size, engine.fields.length, 'two fields of one key')
        assert.equal(engine.parseUrl?.('no-such-engine://x'), undefined)
        if (engine.fields.some(field => field.required === true && field.default === undefined))
          assert.throws(() => checkConfig(engine, {}), TuskError)
        const config = options.engines?.[engine.id]
        if (config === undefined) continue
        await using connection = await engine.open(checkConfig(engine, config), { signal: AbortSignal.timeout(30_000) })
        for (const relation of await connection.introspector.relations())
          assert.notEqual((await connection.introspector.columns(relation)).length, 0, relation.name)
        assert.ok((await connection.introspector.allColumns(10_000)) instanceof Map)
        await one.openInHost(engine, config)
      }
    })

    if (typeof plugin === 'string')
      test('started and stopped again and again it leaves nothing behind', { timeout: 60_000 }, async () => {
        await one.cycle()
        const first = await one.left()
        await one.cycle()
        await one.cycle()
        const last = await one.left(first)
        assert.deepEqual(last, first)
      })

    test('it has not asked for the network', () => {
      assert.deepEqual([...cut.tried, ...one.triedByHosts], [])
    })
  })
}

const exportsMount = /export\s+(?:async\s+)?(?:function|const|let)\s+mount\b|export\s*\{[^}]*\bmount\b/

/** A plugin in a Tusk and on a server of its own, where each request may come from somebody else. */
class Conformed implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack
  readonly #open: OpenTusk
  readonly #server: TuskServer
  readonly #tried: readonly string[]
  #actor: Actor | undefined = localActor
  #plugin: TuskPlugin | undefined
  #tusk: PluginTusk | undefined
  #duckdb: string | undefined
  routes: readonly PluginRoute[] = []

  private constructor(open: OpenTusk, server: TuskServer, tried: readonly string[], stack: AsyncDisposableStack) {
    this.#tried = tried
    this.#open = open
    this.#server = server
    this.#stack = stack
  }

  static async open(plugin: string | TuskPlugin): Promise<Conformed> {
    await using stack = new AsyncDisposableStack()
    const directory = mkdtempSync(join(tmpdir(), 'tusk-conform-'))
    stack.defer(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
    const tried: string[] = []
    const log = pino(
      { level: 'info' },
      {
        write(line: string) {
          const [, host] = line.split(triedMark)
          if (host !== undefined) tried.push(/^[\w.:-]+/.exec(host)?.[0] ?? host)
        },
      },
    )
    if (typeof plugin === 'string') readPluginPackage(plugin, 'folder')
    const open = stack.use(
      await openTusk({
        home: Home.open(directory),
        log,
        hostEntry: new URL(`offline-host-entry${extname(import.meta.url)}`, import.meta.url),
        plugins: typeof plugin === 'string' ? { folders: [plugin], beside: undefined } : false,
      }),
    )
    let conformed: Conformed | undefined
    let own: PluginTusk | undefined
    const server = stack.use(
      await createServer({
        tusk: open.tusk,
        features: typeof plugin === 'string' ? [] : [plugin],
        host: '127.0.0.1',
        port: 0,
        log,
        authenticate: () => (conformed === undefined ? undefined : conformed.#actor),
      }),
    )
    if (typeof plugin === 'string') {
      await open.plugins.start()
      await open.plugins.connect((mounted, tusk) => {
        own = tusk
        return server.plugins.mount(mounted, tusk)
      })
      const [info] = open.plugins.list()
      if (info?.error !== undefined) throw TuskError.fromJSON(info.error)
    } else {
      own = pluginTusk(open.tusk, plugin)
      const started = await plugin.start?.(own)
      if (started) stack.use(started)
    }
    const loaded = typeof plugin === 'string' ? open.plugins.running()[0] : plugin
    if (loaded === undefined || own === undefined) throw new TuskError('PLUGIN_FAILED', 'The plugin is switched off.')
    conformed = new Conformed(open, server, tried, stack.move())
    conformed.#plugin = loaded
    conformed.#tusk = own
    conformed.routes = await routesOf(loaded, own, log)
    return conformed
  }

  get plugin(): TuskPlugin {
    if (this.#plugin === undefined) throw new Error('the plugin did not start')
    return this.#plugin
  }

  /** As the plugin gets it. */
  get tusk(): PluginTusk {
    if (this.#tusk === undefined) throw new Error('the plugin did not start')
    return this.#tusk
  }

  /** Machines that code in processes of its own wanted to reach. */
  get triedByHosts(): readonly string[] {
    return this.#tried
  }

  get ownPermissions(): readonly string[] {
    return (this.plugin.permissions ?? []).map(({ permission }) => permission)
  }

  /** The status of an answer. Without an example, values in the path are made up and there is no body. */
  async ask(route: PluginRoute, actor: Actor | undefined, example: ExampleRequest = {}): Promise<number> {
    this.#actor = actor
    const stop = new AbortController()
    try {
      const path = example.path ?? route.url.replaceAll(/:\w+|\*/g, '1')
      const { form, json } = example
      const answer = await fetch(`${this.#server.address}${path}`, {
        method: route.method,
        ...(form === undefined
          ? {}
          : {
              body: new URLSearchParams(form),
              headers: { Origin: this.#server.address, 'Sec-Fetch-Site': 'same-origin', 'HX-Request': 'true' },
            }),
        ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { 'Content-Type': 'application/json' } }),
        redirect: 'manual',
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(20_000)]),
      })
      return answer.status
    } finally {
      stop.abort() // an answer may be a stream without an end
      this.#actor = localActor
    }
  }

  async rows(sql: string): Promise<readonly (readonly (string | null)[])[]> {
    const { tusk, connections } = this.#open
    this.#duckdb ??= (
      await connections.create(localActor, { name: 'duckdb', engine: 'duckdb', config: { path: ':memory:' } })
    ).id
    return readStored(await tusk.run(localActor, { connectionId: this.#duckdb, sql }))
  }

  /** As Tusk does it: in a process of its own, which imports the plugin there. */
  async openInHost(engine: Engine, config: ConnectionConfig): Promise<void> {
    const { hosts } = this.#open.tusk
    await hosts.testConnection(engine, checkConfig(engine, config), { signal: AbortSignal.timeout(30_000) })
  }

  async cycle(): Promise<void> {
    await this.#open.plugins.disable(this.plugin.id)
    const { error } = await this.#open.plugins.enable(this.plugin.id)
    if (error !== undefined) throw TuskError.fromJSON(error)
  }

  /** What is held while it runs. Given what is expected, it is waited for: things close a moment after they are told to. */
  async left(expected?: object): Promise<object> {
    const deadline = Date.now() + 5_000
    for (;;) {
      const held = { ...this.#held() }
      if (expected === undefined ? Date.now() > deadline - 4_500 : isSame(held, expected) || Date.now() > deadline)
        return held
      await sleep(100)
    }
  }

  #held(): { readonly handles: Readonly<Record<string, number>>; readonly files: number; readonly jobs: number } {
    const handles: Record<string, number> = {}
    // Sockets and their time limits belong to the requests of these tests.
    for (const kind of process.getActiveResourcesInfo())
      if (!/^(TCP|Timeout|Immediate|HTTP|Close|FSReq|Pipe|TTY|GetAddrInfo)/.test(kind))
        handles[kind] = (handles[kind] ?? 0) + 1
    const own = join(this.#open.home.directory, 'plugins')
    return {
      handles,
      files: openFiles().filter(path => path.startsWith(own)).length,
      jobs: this.#open.tusk.timetable.list().length,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
  }
}

function holdsAllBut(missing: string): Actor {
  return { id: 'local', name: 'somebody', can: permission => permission !== missing }
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Files that this process has open, where the system tells. */
function openFiles(): readonly string[] {
  if (!existsSync('/proc/self/fd')) return []
  return readdirSync('/proc/self/fd').flatMap(descriptor => {
    try {
      return [readlinkSync(join('/proc/self/fd', descriptor))]
    } catch {
      return [] // closed since the list was read: not open
    }
  })
}
