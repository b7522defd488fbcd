import { TuskError } from '../errors.ts'
import type { Connection } from './connection.ts'
import type { Cancellable } from './engine.ts'

/**
 * What every `Connection.load` does around its rows: a transaction of its own, `before` in it, and nothing left of it when anything fails.
 * CONFLICT while a transaction is open.
 */
export async function loadInTransaction(
  connection: Connection,
  { begin, before }: { readonly begin: string; readonly before: readonly string[] },
  options: Cancellable,
  rows: () => Promise<number>,
): Promise<number> {
  if (connection.transaction !== 'none')
    throw new TuskError('CONFLICT', 'A transaction is open in this session.', {
      hint: 'Commit it or roll it back first.',
    })
  await execute(connection, begin, options)
  try {
    for (const statement of before) await execute(connection, statement, options)
    const count = await rows()
    options.signal?.throwIfAborted()
    await execute(connection, 'COMMIT', {})
    return count
  } catch (error) {
    if (connection.transaction !== 'none') {
      try {
        await execute(connection, 'ROLLBACK', {})
      } catch (failure) {
        // A session that cannot roll back is gone, and its transaction with it: the first error says why.
        if (TuskError.from(failure).code === 'INTERNAL') throw failure
      }
    }
    throw error
  }
}

async function execute(connection: Connection, sql: string, options: Cancellable): Promise<void> {
  await using stream = await connection.query(sql, options)
  for await (const _ of stream);
}
