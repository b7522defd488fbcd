import { exporters } from '../../src/export/index.ts'
import { runHost } from '../../src/host/run-host.ts'
import { scriptedEngines } from './scripted-engine.ts'

runHost({ engines: scriptedEngines, exporters })
