import type { PluginTusk } from './tusk.ts'

/** Work on a timetable while Tusk runs. Never twice at the same time; a run that is due while the last one goes on is left out. */
export interface Job {
  /** `^[a-z][a-z0-9-]{1,31}$` */
  readonly id: string
  readonly label: string
  /** Five or six fields of cron, local time; or `@hourly`, `@daily`, `@weekly`, `@monthly`. */
  readonly schedule: string
  /** Aborted when Tusk stops, when the plugin is disabled, and after `deadlineMs`. */
  run(tusk: PluginTusk, options: { readonly signal: AbortSignal }): Promise<void>
  /** Default: 10 minutes. */
  readonly deadlineMs?: number
}
