import type { Logger } from 'pino'
import type { Engine } from '../engine/engine.ts'
import type { Exporter } from '../export/exporter.ts'
import type { HostPool } from '../host/host-pool.ts'
import type { Catalog } from '../query/catalog.ts'
import type { Connections } from '../query/connections.ts'
import type { History } from '../query/history.ts'
import type { Runs } from '../query/runs.ts'
import type { ResultCompute } from '../results/result-compute.ts'
import type { ResultStore } from '../results/result-store.ts'

/** What a feature or plugin gets to work with. Everything that belongs to a person takes the actor first. */
export interface Tusk {
  readonly version: string
  /** Directory of all state; `stateFile('studio.db')` is inside it. */
  stateFile(name: string): string
  readonly log: Logger
  readonly engines: readonly Engine[]
  readonly exporters: readonly Exporter[]
  readonly connections: Connections
  readonly catalog: Catalog
  readonly runs: Runs
  readonly results: ResultStore
  readonly compute: ResultCompute
  readonly history: History
  readonly hosts: HostPool
}
