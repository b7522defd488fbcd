// #region plugin
import { definePlugin } from 'tuskdata/plugin'
import { checkAccess, permissions } from './access.ts'
import { helloCommand } from './command.ts'
import { config } from './config.ts'
import { datasets } from './datasets.ts'
import { jsonFileEngine } from './engine.ts'
import { htmlExporter } from './exporter.ts'
import { greetJob } from './job.ts'
import { notifications } from './notifications.ts'
import { start } from './start.ts'
import { greetStep } from './step.ts'
import { migrations } from './storage.ts'

export default definePlugin({
  id: 'hello',
  name: 'Hello',
  version: '1.0.0',
  description: 'Greets people: the smallest plugin that uses everything.',
  requires: '>=1.0.0',
  tab: { label: 'Hello', icon: 'hand', href: '/hello', permission: 'authenticated' },
  permission: 'authenticated',
  permissions,
  checkAccess,
  templates: new URL('../templates/', import.meta.url),
  assets: new URL('../assets/', import.meta.url),
  migrations,
  config,
  datasets,
  engines: [jsonFileEngine],
  exporters: [htmlExporter],
  steps: [greetStep],
  resultViewers: [{ id: 'cards', label: 'Cards', icon: 'gallery-vertical', module: 'viewers/cards.js' }],
  commands: [helloCommand],
  jobs: [greetJob],
  notifications,
  start,
  // Loaded when there is a server: the processes that own databases import this module too, for the engine and the exporter.
  routes: async (app, tusk) => (await import('./routes.ts')).routes(app, tusk),
})
// #endregion
