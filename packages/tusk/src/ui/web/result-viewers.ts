import type { Schema } from '../../wire.ts'
import type { ResultSource } from './result-source.ts'

/** A way to look at a result: a tab over its rows, such as Grid. */
export interface ResultViewer {
  /** Unique: `grid`; of plugins `<plugin>/<id>`. */
  readonly id: string
  readonly label: string
  /** A Lucide name, for where there is room for it. */
  readonly icon?: string | undefined
  /** Whether it can show such columns. Absent: any. */
  accepts?(schema: Schema): boolean
  /** Whether such columns are what it is made for: it comes first then, and is shown unless another one is chosen. */
  prefers?(schema: Schema): boolean
  /** Fills an empty element, which is shown. May be asynchronous: code is loaded when a viewer is first chosen. */
  mount(element: HTMLElement, props: ResultViewerProps): MountedResultViewer | Promise<MountedResultViewer>
}

export interface ResultViewerProps {
  readonly resultId: string
  readonly schema: Schema
  /** Windows of its rows, while they come and when they are sorted and filtered. */
  readonly source: ResultSource
  /** What the result is, in a few words. */
  readonly label: string
  /** Engine that the rows come from. */
  readonly engine: string
  /** Opens the dialog that saves the result as a file. */
  readonly openExport?: (() => void) | undefined
  /** What viewers remember of this result while the page is open, by names of their own. */
  readonly memory: Map<string, unknown>
  /** What viewers remember of the query that gave it, on the server. Absent: the rows belong to no query. */
  readonly looks?: QueryLook | undefined
}

/** Small JSON values by names of the viewer's own. */
export interface QueryLook {
  /** Null: nothing is kept, or it cannot be read now. */
  read(name: string): Promise<unknown>
  /** Never rejects; what cannot be kept is lost. */
  keep(name: string, value: unknown): void
}

export interface MountedResultViewer {
  /** Another result, or the same with other columns. Absent: it is destroyed and mounted anew. */
  update?(props: ResultViewerProps): void
  focus?(): void
  destroy(): void
}

/** A viewer of a plugin, as the page's props name it. */
export interface PluginViewer {
  readonly id: string
  readonly label: string
  readonly icon?: string
  /** Address of a module on this server that exports `mount`, and `accepts` where it cannot show everything. */
  readonly module: string
}

const registered = new Map<string, ResultViewer>()

/** Adds a viewer, or replaces the one of that id; shown in the order of registration. */
export function registerResultViewer(viewer: ResultViewer): void {
  registered.set(viewer.id, viewer)
}

/** Adds a viewer whose code is loaded when it is first chosen. */
export function registerPluginViewer({ id, label, icon, module }: PluginViewer): void {
  registerResultViewer({
    id,
    label,
    icon,
    async mount(element, props) {
      const address = new URL(module, location.href)
      if (address.origin !== location.origin) throw new Error(`The code of “${label}” is not on this server.`)
      const loaded = (await import(/* @vite-ignore */ address.href)) as Partial<ResultViewer>
      if (loaded.mount === undefined) throw new Error(`The code of “${label}” has no function mount.`)
      if (loaded.accepts?.(props.schema) === false) throw new Error(`“${label}” cannot show these columns.`)
      return loaded.mount(element, props)
    },
  })
}

/** Those that can show such columns; first those that are made for them. */
export function resultViewers(schema: Schema): readonly ResultViewer[] {
  const able = [...registered.values()].filter(viewer => viewer.accepts?.(schema) !== false)
  const made = able.filter(viewer => viewer.prefers?.(schema) === true)
  return [...made, ...able.filter(viewer => !made.includes(viewer))]
}
