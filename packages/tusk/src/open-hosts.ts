import { type Logger, pino } from 'pino'
import type { Config } from './home/config.ts'
import type { Home } from './home/home.ts'
import { LogFile } from './home/log-file.ts'
import { startDirectory } from './home/paths.ts'
import { createHostPool, type HostPoolOptions } from './host/create-host-pool.ts'
import type { HostPool } from './host/host-pool.ts'

/** Host processes alone: all that a command which only runs SQL needs. */
export function openHosts(
  home: Home,
  config: Config,
  log: Logger,
  options: Pick<HostPoolOptions, 'moduleOf' | 'entry'> = {},
): HostPool {
  return createHostPool({
    stateDirectory: home.directory,
    workingDirectory: startDirectory(),
    log,
    ...options,
    idleMs: config['hosts.idle_seconds'] * 1_000,
    ...(config['duckdb.memory_limit_mb'] === 0 ? {} : { memoryLimitMB: config['duckdb.memory_limit_mb'] }),
    ...(config['duckdb.threads'] === 0 ? {} : { threads: config['duckdb.threads'] }),
  })
}

/** The log of this state directory, without secrets. TUSK_DEBUG makes it talkative. */
export function logTo(home: Home): Logger {
  const level = process.env.TUSK_DEBUG ? 'debug' : 'info'
  return pino(
    { level, redact: ['config.password', '*.password', '*.secret'] },
    new LogFile(home.path('logs', 'tusk.log')),
  )
}
