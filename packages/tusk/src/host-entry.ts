import { engines } from './engines/index.ts'
import { exporters } from './export/index.ts'
import { runHost } from './host/run-host.ts'

/* What a host process runs. Drivers are loaded when a connection is opened. */
runHost({ engines, exporters })
