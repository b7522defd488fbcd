import type { FastifyInstance } from 'fastify'
import type { Actor } from '../auth/actor.ts'
import type { PluginPermission, RoutePermission } from '../auth/permissions.ts'
import type { Engine } from '../engine/engine.ts'
import type { FormField } from '../engine/form-field.ts'
import type { Exporter } from '../export/exporter.ts'
import type { PipelineStep } from '../pipeline/step.ts'
import type { CliCommand } from './cli-command.ts'
import type { Dataset } from './dataset.ts'
import type { Job } from './job.ts'
import type { NotificationEvent } from './notification.ts'
import type { ResultViewer } from './result-viewer.ts'
import type { PluginTusk } from './tusk.ts'

/**
 * Something that adds to Tusk. Built-in features are written the same way. Only `id` is required. A plugin is trusted code: it runs
 * inside Tusk with all its rights.
 *
 * Its module is also imported by the processes that own databases, when it brings engines or exporters: importing does nothing but
 * describe.
 */
export interface TuskPlugin {
  /** `^[a-z][a-z0-9-]{1,31}$`, unique. */
  readonly id: string
  readonly name?: string
  readonly version?: string
  readonly description?: string
  /** Versions of Tusk that it works with, as a range of npm: `^1.2.0`, `>=1.0.0 <3`. Absent: all. */
  readonly requires?: string
  /** An entry of the side bar. */
  readonly tab?: PluginTab
  /** What everybody needs for anything of this plugin, on top of what each route names: `authenticated`, `system.settings` for administrators. */
  readonly permission?: RoutePermission
  /** Asked after the permissions, for the tab and each request. It can refuse; it cannot allow what the permissions do not. */
  checkAccess?(actor: Actor): boolean | Promise<boolean>
  /** Permissions of its own, which groups can be given. */
  readonly permissions?: readonly PermissionDescription[]
  /** Folder of templates, seen by the renderer as `plugins/<id>/…`. Their Tailwind classes are compiled. */
  readonly templates?: URL
  /** Folder of static files, served under `/static/plugins/<id>/…`. `*.island.js` in it are islands named `<id>/<name>`. */
  readonly assets?: URL
  /** SQL for SQLite, each entry run once, in order: gives `tusk.storage`, in `~/.tusk/plugins/<id>.db`. */
  readonly migrations?: readonly string[]
  /** Settings in `~/.tusk/plugins/<id>.toml`, with a form on the settings page: gives `tusk.config`. */
  readonly config?: readonly FormField[]
  readonly engines?: readonly Engine[]
  readonly exporters?: readonly Exporter[]
  readonly steps?: readonly PipelineStep[]
  readonly datasets?: readonly Dataset[]
  readonly resultViewers?: readonly ResultViewer[]
  readonly commands?: readonly CliCommand[]
  readonly notifications?: readonly NotificationEvent[]
  readonly jobs?: readonly Job[]
  /**
   * Adds routes in a Fastify scope of its own. Each states `config: { permission }`. Pages live under `/p/<id>` and under the tab's
   * `href`, the API under `/api/plugins/<id>`; any other path is refused.
   */
  routes?(app: FastifyInstance, tusk: PluginTusk): Promise<void> | void
  /** Before the server listens, at most 10 s. What it returns is disposed when Tusk stops or the plugin is disabled. */
  start?(tusk: PluginTusk): Promise<AsyncDisposable | undefined>
}

export interface PluginTab {
  readonly label: string
  /** A Lucide name. */
  readonly icon: string
  /** Default `/p/<id>`. */
  readonly href?: string
  readonly order?: number
  /** Shown to those who hold it. */
  readonly permission?: RoutePermission
}

export interface PermissionDescription {
  /** `plugin.<id>.<name>` */
  readonly permission: PluginPermission
  readonly description: string
}

/** Gives a plugin its type, and nothing else. */
export function definePlugin<const Plugin extends TuskPlugin>(plugin: Plugin): Plugin {
  return plugin
}
