import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { TuskPlugin } from '../plugins/plugin.ts'
import type { PluginTusk, Tusk } from '../plugins/tusk.ts'
import type { Authenticate, OnDenied } from './gate.ts'
import type { PluginApps } from './plugin-apps.ts'
import type { RouteEntry } from './route-rules.ts'

export interface ServerOptions {
  readonly tusk: Tusk
  readonly features: readonly TuskPlugin[]
  /** What a feature's routes get; default: Tusk without a storage and settings of its own. */
  readonly tuskOf?: (feature: TuskPlugin) => PluginTusk
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  /** More names that Tusk is reached under (`--allowed-host`). */
  readonly allowedHosts?: readonly string[]
  /** Needed for an address that other machines can reach (R1). */
  readonly accessToken?: string
  /** Who asks; absent in single mode, where it is always the local person. Undefined: nobody known. */
  readonly authenticate?: Authenticate
  /** Where people sign in, in multi-user mode: pages lead strangers there. */
  readonly signInPage?: string
  /** Where a password that must be changed is changed. */
  readonly passwordPage?: string
  /** Tells when rights may have changed: open event streams ask again at once. */
  readonly onRightsChange?: (listener: () => void) => Disposable
  /** Told who was refused for want of a permission. */
  readonly onDenied?: OnDenied
  /** Addresses of proxies whose X-Forwarded-… headers are believed. */
  readonly trustedProxies?: readonly string[]
  readonly log: Logger
  readonly assets?: AssetOptions
  /** Of those who chose none. */
  readonly theme?: 'dark' | 'light' | 'system'
  /** Of the SQL editor, in pixels, of those who chose none. */
  readonly editorFontSize?: number
  readonly heartbeatMs?: number
}

export interface AssetOptions {
  /** Where compiled style sheets are kept; default `cache` in the state directory. */
  readonly cacheDirectory?: string
  /** Where `vite build` put its files. */
  readonly webBuild?: string
  /** Read changed templates and classes anew at each page. */
  readonly watch?: boolean
}

export interface TuskServer extends AsyncDisposable {
  /** `http://127.0.0.1:8000` */
  readonly address: string
  readonly app: FastifyInstance
  /** Every route of Tusk itself, pages and files included, with who may call it. Those of plugins are in `plugins`. */
  readonly routes: readonly RouteEntry[]
  /** The plugins that answer: they come and go. */
  readonly plugins: PluginApps
  /** Stops accepting, ends event streams, waits up to 5 s for answers under way, then cuts them. */
  close(): Promise<void>
}
