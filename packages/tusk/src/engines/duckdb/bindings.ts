import { TuskError } from '../../errors.ts'

/** DuckDB's C interface as Node sees it. Types of handles come from here too: `Bindings` never leaves this folder. */
export type Bindings = typeof import('@duckdb/node-bindings')

let loaded: Promise<Bindings> | undefined

/** Loads the native library once. DRIVER_MISSING where npm has none for this machine. */
export function loadBindings(): Promise<Bindings> {
  loaded ??= import('@duckdb/node-bindings').then(
    module => ('default' in module ? (module.default as Bindings) : module),
    cause => {
      loaded = undefined
      throw new TuskError('DRIVER_MISSING', 'DuckDB is not installed for this machine.', {
        cause,
        detail: cause instanceof Error ? cause.message : String(cause),
        hint: 'Install Tusk again with optional dependencies: npm leaves out the native part with --omit=optional.',
      })
    },
  )
  return loaded
}
