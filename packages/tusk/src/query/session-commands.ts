import type { Dialect } from '../engine/dialect.ts'
import type { Cancellable } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import type { HostSession } from '../host/host-pool.ts'

const savepoint = 'tusk_explain'
/** A ROLLBACK that takes longer is given up with its session, which rolls back too. */
const rollbackMs = 30_000

/** Begins a transaction where none is open and the statement belongs into one: commits are by hand. */
export async function beginFor(
  statement: string,
  dialect: Dialect,
  session: HostSession,
  { isolation, signal }: Cancellable & { readonly isolation?: string | undefined },
): Promise<void> {
  const { transactions } = dialect
  if (transactions === undefined || session.transaction !== 'none' || !transactions.belongsInside(statement)) return
  await session.rows(transactions.begin(isolation), { signal })
}

/** Whether what happens next on the session can be undone alone: in an open transaction that takes savepoints. */
export function canUndo({ transactions }: Dialect, session: HostSession): boolean {
  return transactions !== undefined && (session.transaction === 'none' || transactions.savepoints)
}

/**
 * What happens on the session from here until it is disposed is undone, where `canUndo`: by a transaction of its own, or by a savepoint in the one
 * that is open. Disposing never throws, and may be done early: what cannot be rolled back goes with its session.
 */
export async function undoLater(
  { transactions }: Dialect,
  session: HostSession,
  { signal }: Cancellable,
): Promise<AsyncDisposable> {
  const inside = session.transaction !== 'none'
  await session.rows(inside ? `SAVEPOINT ${savepoint}` : (transactions?.begin() ?? 'BEGIN'), { signal })
  let undoing: Promise<void> | undefined
  return {
    [Symbol.asyncDispose]() {
      undoing ??= undo(session, inside)
      return undoing
    },
  }
}

async function undo(session: HostSession, inside: boolean): Promise<void> {
  const signal = AbortSignal.timeout(rollbackMs)
  try {
    if (inside) {
      await session.rows(`ROLLBACK TO SAVEPOINT ${savepoint}`, { signal })
      await session.rows(`RELEASE SAVEPOINT ${savepoint}`, { signal })
    } else if (session.transaction !== 'none') await session.rows('ROLLBACK', { signal })
  } catch {
    await session[Symbol.asyncDispose]()
  }
}

/** Ends the open transaction. Undefined when it is done, else why its session had to be closed for it. */
export async function rollBack(session: HostSession): Promise<TuskError | undefined> {
  try {
    await session.rows('ROLLBACK', { signal: AbortSignal.timeout(rollbackMs) })
    return undefined
  } catch (error) {
    await session[Symbol.asyncDispose]()
    return TuskError.from(error)
  }
}
