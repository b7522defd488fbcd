import type { Logger } from 'pino'
import { localActor } from './auth/actor.ts'
import { Denials } from './auth/denials.ts'
import { proxyLogin } from './auth/proxy-login.ts'
import { settleDepartures } from './auth/settle-departures.ts'
import { TuskError } from './errors.ts'
import type { Config } from './home/config.ts'
import type { Home } from './home/home.ts'
import { networksFrom } from './home/network-list.ts'
import { publicUrl } from './home/public-url.ts'
import { pluginTusk } from './plugins/plugin-tusk.ts'
import type { Tusk } from './plugins/tusk.ts'
import { watchPlugins } from './plugins/watch-plugins.ts'
import { authenticator } from './server/authenticator.ts'
import { createServer, type ServerOptions } from './server/create-server.ts'
import type { RouteEntry } from './server/route-rules.ts'
import { features, type OpenTuskOptions, openTusk, saveOwnConnection } from './tusk.ts'

export interface StudioOptions {
  readonly home: Home
  readonly host: string
  readonly port: number
  readonly allowedHosts?: readonly string[]
  /** Sample databases and connections on the first start. Default: true. */
  readonly samples?: boolean
  /** A PostgreSQL 18 of our own with the sample data, stopped with the studio. */
  readonly demo?: boolean
  /** Needed to listen where other machines can reach it (R1). */
  readonly accessToken?: string
  /** Who a request is from, in single mode. Default: the person of this machine. */
  readonly authenticate?: ServerOptions['authenticate']
  /** Progress for the person at the terminal. */
  readonly say?: (text: string) => void
  readonly signal?: AbortSignal
  /** None, or also those in these folders. */
  readonly log?: Logger
  readonly plugins?: OpenTuskOptions['plugins']
  readonly commandNames?: readonly string[]
  /** Load the plugins in `plugins.folders` again when their files change, and read changed templates at each page. */
  readonly watch?: boolean
}

export interface Studio extends AsyncDisposable {
  /** `http://127.0.0.1:8000` */
  readonly address: string
  readonly tusk: Tusk
  /** Every route of Tusk itself, with who may call it. */
  readonly routes: readonly RouteEntry[]
}

/** A whole studio: Tusk, its samples and its web server. The caller holds the lock of the state directory. */
export async function startStudio(options: StudioOptions): Promise<Studio> {
  const { home, say = () => undefined, signal } = options
  await using stack = new AsyncDisposableStack()
  const open = stack.use(
    await openTusk({
      home,
      ...(options.log === undefined ? {} : { log: options.log }),
      ...(options.plugins === undefined ? {} : { plugins: options.plugins }),
      ...(options.commandNames === undefined ? {} : { commandNames: options.commandNames }),
    }),
  )
  const { tusk, connections, log } = open
  if (options.samples !== false) {
    const { ensureSamples } = await import('./samples/index.ts')
    const samples = await ensureSamples({
      stateDirectory: home.directory,
      log,
      onStart: () => say('making the sample data …'),
    })
    // The samples belong to the first administrator; when that account is gone, nobody gets them back.
    const owned = tusk.auth === undefined || tusk.auth.people.find(localActor.id) !== undefined
    for (const sample of samples) await saveOwnConnection(connections, sample, owned)
  }
  if (options.demo === true) {
    const { startDemoPostgres } = await import('./samples/demo-postgres.ts')
    say('starting the demo PostgreSQL …')
    const demo = await startDemoPostgres({
      stateDirectory: home.directory,
      log,
      ...(signal === undefined ? {} : { signal }),
    })
    stack.defer(() => demo.stop())
    await saveOwnConnection(connections, {
      id: 'demo-postgres',
      name: 'Demo PostgreSQL',
      engine: 'postgres',
      config: demo.config,
    })
  }
  for (const feature of features) {
    const started = await feature.start?.(pluginTusk(tusk, feature))
    if (started) stack.use(started)
  }
  await open.plugins.start()
  const { auth } = tusk
  if (auth?.people.hasAdministrator === false)
    throw new TuskError('CONFIG_INVALID', 'Nobody can sign in: there is no administrator.', {
      hint: 'Make one with: tusk auth init',
    })
  if (auth !== undefined)
    stack.use(
      tusk.timetable.add({
        id: 'tusk/audit',
        label: 'Old entries of the audit log',
        schedule: '@daily',
        deadlineMs: 60_000,
        run: async () => void auth.audit.forget(open.config['auth.audit_days']),
      }),
    )
  if (auth === undefined) refuseSignInOfMany(open.config)
  const outside = publicUrl(open.config['server.public_url'])
  const denials = auth === undefined ? undefined : new Denials(auth.audit)
  const server = await createServer({
    ...(auth === undefined
      ? options.authenticate === undefined
        ? {}
        : { authenticate: options.authenticate }
      : {
          authenticate: authenticator(auth, proxyLogin(auth, open.config)),
          signInPage: '/login',
          passwordPage: '/profile/password',
          onRightsChange: listener => auth.onChange(listener),
          onDenied: (actor, route, permission) => denials?.add(actor, route, permission),
        }),
    trustedProxies: networksFrom('server.trusted_proxies', open.config['server.trusted_proxies']),
    tusk,
    features,
    host: options.host,
    port: options.port,
    allowedHosts: [...(options.allowedHosts ?? []), ...(outside === undefined ? [] : [outside.host])],
    ...(options.accessToken === undefined ? {} : { accessToken: options.accessToken }),
    log,
    ...(options.watch === true ? { assets: { watch: true } } : {}),
    theme: open.config['ui.theme'] as 'dark' | 'light' | 'system',
    editorFontSize: open.config['ui.editor_font_size'],
  })
  stack.defer(() => server.close())
  // Every room that keeps things has said so by now.
  if (auth !== undefined)
    stack.use(settleDepartures(auth, error => log.error({ err: error }, 'what a deleted person left is not settled')))
  await open.plugins.connect((plugin, own) => server.plugins.mount(plugin, own))
  if (options.watch === true) stack.use(watchPlugins(open.plugins, log, say))
  const owned = stack.move()
  return { address: server.address, tusk, routes: server.routes, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/**
 * CONFIG_INVALID for ways of signing in that would be silently without effect: somebody believes that people sign in, while everybody who
 * reaches this Tusk is its one person (R12).
 */
function refuseSignInOfMany(config: Config): void {
  for (const key of ['oidc.issuer', 'proxy_login.header'] as const)
    if (config[key].trim() !== '')
      throw new TuskError('CONFIG_INVALID', `The setting ${key} is for several people; this Tusk is in single mode.`, {
        hint: `Either tusk auth enable, or tusk config unset ${key}`,
      })
}
