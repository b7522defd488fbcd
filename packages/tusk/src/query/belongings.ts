import type { Actor } from '../auth/actor.ts'
import type { BelongingKeeper } from '../auth/belongings.ts'
import type { ExportFolders } from '../home/export-folders.ts'
import type { ResultStore } from '../results/result-store.ts'
import type { Connections } from './connections.ts'
import type { HistoryDatabase } from './history-database.ts'
import type { Loads } from './loads.ts'
import type { ResultNames } from './result-names.ts'
import type { RunArchive } from './run-archive.ts'
import type { Runs } from './runs.ts'

export interface QueryRooms {
  readonly connections: Pick<Connections, 'transfer' | 'removeOf'> & {
    idsOf(personId: string): readonly string[]
  }
  readonly runs: Pick<Runs, 'list' | 'cancel' | 'lastOfTabs' | 'closeTab'>
  readonly loads: Pick<Loads, 'cancelOf'>
  readonly archive: RunArchive
  readonly results: Pick<ResultStore, 'list' | 'remove'>
  readonly history: HistoryDatabase
  readonly names: Pick<ResultNames, 'removeOf'>
  readonly exportFolders?: ExportFolders
}

/** What people own here. Connections can go to somebody else; what came of running queries goes with its person. */
export function queryBelongings({
  connections,
  runs,
  loads,
  archive,
  results,
  history,
  names,
  exportFolders,
}: QueryRooms): readonly BelongingKeeper[] {
  return [
    {
      what: 'runs',
      count: personId => archive.count(personId),
      async remove(_by, from) {
        await loads.cancelOf(from)
        // What runs is over before what it wrote is removed.
        for (const { id, state } of runs.list(from)) if (state === 'running') await runs.cancel(from, id)
        for (const tabId of runs.lastOfTabs(from).keys()) await runs.closeTab(from, tabId)
        archive.removeOf(from)
      },
    },
    {
      what: 'connections',
      count: personId => connections.idsOf(personId).length,
      async give(by, from, to) {
        for (const id of connections.idsOf(from.id)) await connections.transfer(by, id, to)
      },
      remove: (by, from) => connections.removeOf(by, from.id),
    },
    {
      what: 'results',
      count: personId => results.list(personId).length,
      async remove(_by, from) {
        for (const { id, done } of results.list(from.id)) {
          await done
          await results.remove(from.id, id)
        }
        names.removeOf(from)
      },
    },
    {
      what: 'entries of the history',
      count: personId => history.count(personId),
      remove: (_by, from) => void history.clear(from, { named: true }),
    },
    ...(exportFolders === undefined
      ? []
      : [
          {
            what: 'exported files',
            count: (personId: string) => exportFolders.count(personId),
            remove: (_by: Actor, from: Actor) => exportFolders.removeAll(from.id),
          },
        ]),
  ]
}
