import { readConfig } from '../../home/config.ts'
import { type SettingKey, settings } from '../../home/settings.ts'
import type { Tusk } from '../../plugins/tusk.ts'

export interface Overview {
  readonly version: string
  readonly node: string
  readonly stateDirectory: string
  readonly memoryBytes: number
  readonly results: { readonly count: number; readonly bytes: number; readonly quotaBytes: number }
  readonly processes: readonly {
    readonly pid: number
    readonly label: string
    readonly engine: string | null
    readonly sessions: number
    readonly startedAt: string
    readonly spare: boolean
  }[]
  readonly settings: readonly {
    readonly key: string
    readonly value: string
    readonly isDefault: boolean
    readonly help: string
  }[]
}

/** All that the settings page shows. CONFIG_INVALID when config.toml was damaged since the start. */
export function overview(tusk: Tusk): Overview {
  const usage = tusk.results.usage()
  const config = readConfig(tusk.stateFile('config.toml'))
  return {
    version: tusk.version,
    node: process.versions.node,
    stateDirectory: tusk.stateFile('.'),
    memoryBytes: process.memoryUsage.rss(),
    results: { count: usage.results, bytes: usage.bytes, quotaBytes: usage.quotaBytes },
    processes: tusk.hosts.list().map(({ pid, label, engine, sessions, startedAt, spare }) => ({
      pid,
      label,
      engine: engine ?? null,
      sessions,
      startedAt: startedAt.toISOString(),
      spare,
    })),
    settings: Object.entries(settings).map(([key, setting]) => ({
      key,
      value: String(config[key as SettingKey]),
      isDefault: config[key as SettingKey] === setting.default,
      help: setting.help,
    })),
  }
}

/** 1536 → `1.5 KB`, in steps of 1024. */
export function byteText(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** step
  return `${step === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${units[step]}`
}
