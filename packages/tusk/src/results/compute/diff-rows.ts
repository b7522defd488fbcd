import { TuskError } from '../../errors.ts'
import type { HostSession } from '../../host/host-pool.ts'
import type { DiffRequest, DiffSummary } from '../diff.ts'
import type { StoredResult } from '../result-store.ts'
import { mountedResult } from './compute-hosts.ts'
import {
  countSql,
  type DiffPlan,
  diffPlan,
  diffSql,
  repeatedSql,
  type Side,
  sharedColumns,
  uniqueSql,
} from './diff-sql.ts'

/** Columns that are tried as a key. */
const mostGuesses = 20
const mountedOther = 'other'
const mountedDiff = 'diff'

/** What to store as the diff, and what comes of it; `after` is mounted in the session until disposed. */
export async function prepareDiff(
  session: HostSession,
  beforeResult: StoredResult,
  afterResult: StoredResult,
  request: DiffRequest,
  signal: AbortSignal,
): Promise<{ readonly sql: string; summary(made: StoredResult): Promise<DiffSummary> } & AsyncDisposable> {
  const tolerance = request.tolerance ?? 0
  if (!Number.isFinite(tolerance) || tolerance < 0)
    throw new TuskError('BAD_REQUEST', 'The tolerance is a number that is not below 0.')
  await session.mount(mountedOther, afterResult.directory, { signal })
  await using stack = new AsyncDisposableStack()
  stack.defer(() => session.unmount(mountedOther))
  const before: Side = { mounted: mountedResult, schema: beforeResult.schema }
  const after: Side = { mounted: mountedOther, schema: afterResult.schema }
  const key = request.key ?? (await guessKey(session, before, after, signal))
  if (key.length === 0)
    throw new TuskError('BAD_REQUEST', 'No column tells the rows apart in both results.', {
      hint: 'Choose the columns that together say which rows belong together.',
    })
  const plan = diffPlan(before.schema, after.schema, key, request)
  await mustBeUnique(session, before, plan, 'first', signal)
  await mustBeUnique(session, after, plan, 'second', signal)
  const owned = stack.move()
  return {
    sql: diffSql(before, after, plan, tolerance),
    async summary(made) {
      await session.mount(mountedDiff, made.directory, { signal })
      await using stack = new AsyncDisposableStack()
      stack.defer(() => session.unmount(mountedDiff))
      const [row = []] = await session.rows(countSql(mountedDiff), { signal })
      const [added = 0, removed = 0, changed = 0] = row.map(Number)
      const same = beforeResult.rowCount - removed - changed
      const names = (columns: DiffPlan['key']): readonly string[] => columns.map(({ name }) => name)
      return { key: names(plan.key), compared: names(plan.compared), left: plan.left, added, removed, changed, same }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The first column that is unique in both, those that are called like a key before the others. */
async function guessKey(
  session: HostSession,
  before: Side,
  after: Side,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const weight = (name: string): number =>
    /^(?:id|key|uuid|pk)$/i.test(name) ? 0 : /(?:_id|_?key|uuid)$/i.test(name) ? 1 : 2
  const candidates = sharedColumns(before.schema, after.schema)
    .toSorted((one, other) => weight(one.name) - weight(other.name))
    .slice(0, mostGuesses)
  for (const column of candidates) {
    const isUnique = async (side: Side, position: number): Promise<boolean> =>
      (await session.rows(uniqueSql(side, [position]), { signal }))[0]?.[0] === 'true'
    if ((await isUnique(before, column.before)) && (await isUnique(after, column.after))) return [column.name]
  }
  return []
}

async function mustBeUnique(
  session: HostSession,
  side: Side,
  { key }: DiffPlan,
  which: 'first' | 'second',
  signal: AbortSignal,
): Promise<void> {
  const columns = key.map(column => (which === 'first' ? column.before : column.after))
  const [row] = await session.rows(repeatedSql(side, columns), { signal })
  if (row === undefined) return
  const values = key.map(({ name }, index) => `${name} = ${row[index] ?? 'NULL'}`)
  throw new TuskError('BAD_REQUEST', `The key does not tell the rows of the ${which} result apart.`, {
    detail: `${values.join(', ')} comes ${row[key.length]} times.`,
    hint: 'Add another column to the key.',
  })
}
