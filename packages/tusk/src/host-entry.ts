import { engines } from './engines/index.ts'
import { exporters } from './export/index.ts'
import { runHost } from './host/run-host.ts'
import type { TuskPlugin } from './plugins/plugin.ts'

/* What a host process runs. Drivers are loaded when a connection is opened. */
runHost({
  engines,
  exporters,
  async load(module) {
    const { shareTusk } = await import('./plugins/module-hooks.ts')
    shareTusk()
    const { default: plugin } = (await import(module)) as { readonly default: TuskPlugin }
    return plugin
  },
})
