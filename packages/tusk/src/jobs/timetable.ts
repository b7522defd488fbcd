import { Cron } from 'croner'
import type { Logger } from 'pino'
import { TuskError } from '../errors.ts'

/** Work at certain times. */
export interface ScheduledJob {
  /** Unique in the timetable: `<plugin>/<job>`. */
  readonly id: string
  readonly label: string
  /** Five or six fields of cron, local time, or `@daily` and the like. */
  readonly schedule: string
  readonly deadlineMs: number
  run(signal: AbortSignal): Promise<void>
}

export interface JobInfo {
  readonly id: string
  readonly label: string
  readonly schedule: string
  readonly running: boolean
  readonly nextRun: Date | undefined
  readonly lastRun: Date | undefined
  readonly lastMilliseconds: number | undefined
  /** Why the last run failed. */
  readonly lastError: TuskError | undefined
}

interface Entry {
  readonly job: ScheduledJob
  readonly cron: Cron
  readonly abort: AbortController
  working: Promise<void> | undefined
  lastRun: Date | undefined
  lastMilliseconds: number | undefined
  lastError: TuskError | undefined
}

/** Runs jobs when it is their time: never one of them twice at once, and each within its deadline. Disposing aborts what runs and waits for it. */
export class Timetable implements AsyncDisposable {
  readonly #log: Logger
  readonly #entries = new Map<string, Entry>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** Until disposed. BAD_REQUEST for a schedule that is none, CONFLICT for an id that is taken. */
  add(job: ScheduledJob): AsyncDisposable {
    if (this.#entries.has(job.id)) throw new TuskError('CONFLICT', `There is a job “${job.id}” already.`)
    const entry: Entry = {
      job,
      cron: cronOf(job, () => void this.#run(entry)),
      abort: new AbortController(),
      working: undefined,
      lastRun: undefined,
      lastMilliseconds: undefined,
      lastError: undefined,
    }
    this.#entries.set(job.id, entry)
    return { [Symbol.asyncDispose]: () => this.#remove(entry) }
  }

  list(): readonly JobInfo[] {
    return [...this.#entries.values()].map(({ job, cron, working, lastRun, lastMilliseconds, lastError }) => ({
      id: job.id,
      label: job.label,
      schedule: job.schedule,
      running: working !== undefined,
      nextRun: cron.nextRun() ?? undefined,
      lastRun,
      lastMilliseconds,
      lastError,
    }))
  }

  /** Runs a job now, or waits for the run that goes on. NOT_FOUND when there is none; how it ended is in its info. */
  async runNow(id: string): Promise<void> {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw new TuskError('NOT_FOUND', `There is no job “${id}”.`)
    await this.#run(entry)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#entries.values()].map(entry => this.#remove(entry)))
  }

  #run(entry: Entry): Promise<void> {
    entry.working ??= this.#work(entry).finally(() => {
      entry.working = undefined
    })
    return entry.working
  }

  async #work(entry: Entry): Promise<void> {
    const { job } = entry
    const began = performance.now()
    entry.lastRun = new Date()
    try {
      await job.run(AbortSignal.any([entry.abort.signal, AbortSignal.timeout(job.deadlineMs)]))
      entry.lastError = undefined
    } catch (error) {
      entry.lastError = TuskError.from(error, 'PLUGIN_FAILED')
      this.#log.warn({ job: job.id, err: error }, `the job ${job.label} failed`)
    }
    entry.lastMilliseconds = Math.round(performance.now() - began)
  }

  async #remove(entry: Entry): Promise<void> {
    entry.cron.stop()
    entry.abort.abort(new TuskError('QUERY_CANCELLED', 'Tusk is stopping.'))
    if (this.#entries.get(entry.job.id) === entry) this.#entries.delete(entry.job.id)
    await entry.working
  }
}

function cronOf({ label, schedule }: ScheduledJob, run: () => void): Cron {
  try {
    return new Cron(schedule, { unref: true }, run)
  } catch (error) {
    throw new TuskError('BAD_REQUEST', `“${schedule}” is no schedule for “${label}”.`, {
      detail: error instanceof Error ? error.message : String(error),
      hint: 'As 30 2 * * * (each day at 2:30) or @hourly.',
      cause: error,
    })
  }
}
