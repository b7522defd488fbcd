import { type Actor, isAdministrator } from '../../auth/actor.ts'
import { TuskError } from '../../errors.ts'
import type { Tusk } from '../../plugins/tusk.ts'
import type { WireWork } from '../../wire.ts'
import type { Exports } from './exports.ts'

const RECENT = 30
const WORDS = 140

/** Everything that goes on in this Tusk, for one person: their own with what it is, and for administrators that others have something running. */
export class Running {
  readonly #tusk: Pick<Tusk, 'runs' | 'loads' | 'timetable' | 'auth'>
  readonly #exports: Exports

  constructor(tusk: Pick<Tusk, 'runs' | 'loads' | 'timetable' | 'auth'>, exports: Exports) {
    this.#tusk = tusk
    this.#exports = exports
  }

  /** Oldest first. Jobs of the timetable are nobody's, and shown to administrators. */
  now(actor: Actor): readonly WireWork[] {
    const all = isAdministrator(actor)
    const { runs, loads, timetable } = this.#tusk
    const own = new Map(runs.list(actor).map(run => [run.id, run]))
    const work: WireWork[] = []
    for (const run of runs.atWork()) {
      const mine = own.get(run.id)
      if (mine === undefined && !all) continue
      const statement = mine?.statements.find(({ state }) => state === 'running' || state === 'storing')
      work.push({
        kind: 'run',
        id: run.id,
        owner: run.owner.name,
        mine: mine !== undefined,
        what: mine === undefined ? '' : words((statement ?? mine.statements[0])?.sql ?? ''),
        where: mine?.connectionName ?? '',
        engine: run.engine,
        state: 'running',
        startedAt: run.startedAt,
        milliseconds: run.milliseconds,
        rowCount: run.rowCount,
        byteCount: run.byteCount,
        cancellable: true,
      })
    }
    for (const { id, owner, format, startedAt, rowCount, byteCount } of this.#exports.atWork()) {
      if (owner.id !== actor.id && !all) continue
      work.push({
        kind: 'export',
        id,
        owner: owner.name,
        mine: owner.id === actor.id,
        what: `Export as ${format}`,
        where: '',
        engine: '',
        state: 'running',
        startedAt,
        milliseconds: Date.now() - Date.parse(startedAt),
        rowCount,
        byteCount,
        cancellable: owner.id === actor.id,
      })
    }
    for (const { id, owner, table, connectionName, engine, startedAt, rowCount } of loads.atWork()) {
      const mine = owner.id === actor.id
      if (!mine && !all) continue
      work.push({
        kind: 'load',
        id,
        owner: owner.name,
        mine,
        what: mine ? `Rows into ${table}` : '',
        where: mine ? connectionName : '',
        engine,
        state: 'running',
        startedAt,
        milliseconds: Date.now() - Date.parse(startedAt),
        rowCount,
        byteCount: 0,
        cancellable: mine,
      })
    }
    if (all)
      for (const { id, label, running, lastRun } of timetable.list()) {
        if (!running) continue
        const startedAt = (lastRun ?? new Date()).toISOString()
        work.push({
          kind: 'job',
          id,
          owner: '',
          mine: false,
          what: label,
          where: '',
          engine: '',
          state: 'running',
          startedAt,
          milliseconds: Date.now() - Date.parse(startedAt),
          rowCount: 0,
          byteCount: 0,
          cancellable: false,
        })
      }
    return work.toSorted((one, other) => (one.startedAt < other.startedAt ? -1 : 1))
  }

  /** One's own runs that are over, newest first. */
  recent(actor: Actor): readonly WireWork[] {
    return this.#tusk.runs
      .list(actor)
      .filter(({ state }) => state !== 'running')
      .slice(0, RECENT)
      .map(run => ({
        kind: 'run',
        id: run.id,
        owner: actor.name,
        mine: true,
        what: words(run.statements.map(({ sql }) => sql).join('; ')),
        where: run.connectionName,
        engine: run.engine,
        state: run.state,
        startedAt: run.startedAt,
        milliseconds: run.milliseconds,
        rowCount: run.statements.reduce((sum, { rowCount }) => sum + rowCount, 0),
        byteCount: run.statements.reduce((sum, { byteCount }) => sum + byteCount, 0),
        cancellable: false,
        ...(run.statements.at(-1)?.resultId === undefined ? {} : { resultId: run.statements.at(-1)?.resultId }),
      }))
  }

  /** One's own, or as an administrator anybody's run, on record and with a reason that its owner sees. NOT_FOUND. */
  async cancel(actor: Actor, kind: 'run' | 'export' | 'load', id: string): Promise<void> {
    if (kind === 'export') {
      this.#exports.cancel(actor, id)
      return
    }
    if (kind === 'load') {
      await this.#tusk.loads.cancel(actor, id)
      return
    }
    const { runs, auth } = this.#tusk
    if (runs.list(actor).some(run => run.id === id)) {
      await runs.cancel(actor, id)
      return
    }
    const found = runs.atWork().find(run => run.id === id)
    if (found === undefined || !isAdministrator(actor)) throw new TuskError('NOT_FOUND', 'There is no such run.')
    auth?.audit.add(actor, { action: 'run.kill', target: found.owner.name, details: { run: id, engine: found.engine } })
    await runs.end(id, `Ended by the administrator ${actor.name}.`)
  }
}

function words(sql: string): string {
  const line = sql
    .slice(0, WORDS * 4)
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > WORDS ? `${line.slice(0, WORDS - 1)}…` : line
}
