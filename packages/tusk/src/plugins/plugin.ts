import type { FastifyInstance } from 'fastify'
import type { Permission } from '../auth/permissions.ts'
import type { Engine } from '../engine/engine.ts'
import type { Exporter } from '../export/exporter.ts'
import type { Tusk } from './tusk.ts'

/** Something that adds to Tusk. Built-in features are written the same way. Only `id` is required. */
export interface TuskPlugin {
  /** `^[a-z][a-z0-9-]{1,31}$`, unique. */
  readonly id: string
  readonly name?: string
  readonly version?: string
  readonly description?: string
  /** An entry of the side bar, shown to those who hold `permission`. `icon` is a Lucide name. */
  readonly tab?: {
    readonly label: string
    readonly icon: string
    readonly href: string
    readonly order?: number
    readonly permission?: Permission
  }
  /** Folder of templates, seen by the renderer as `plugins/<id>/…`. */
  readonly templates?: URL
  /** Folder of static files, served under `/static/plugins/<id>/…`. */
  readonly assets?: URL
  readonly engines?: readonly Engine[]
  readonly exporters?: readonly Exporter[]
  /** Adds routes in a Fastify scope of its own. Each states `config: { permission }`. */
  routes?(app: FastifyInstance, tusk: Tusk): Promise<void>
  /** Before the server listens. What it returns is disposed when Tusk stops. */
  start?(tusk: Tusk): Promise<AsyncDisposable | undefined>
}

export type { Tusk } from './tusk.ts'
