import {
  bindMessage,
  closeStatement,
  executeMessage,
  parseMessage,
  readReport,
  syncMessage,
} from './protocol-messages.ts'
import { queryError } from './server-report.ts'
import type { SocketSession } from './socket-session.ts'
import { TextRows } from './text-rows.ts'

/**
 * Asks a small question of our own on a session where no statement runs, all values as text. The statement that the session
 * has parsed but not run stays as it is. `onReady` gets the transaction's status.
 */
export async function ask(
  session: SocketSession,
  sql: string,
  parameters: readonly (string | null)[],
  onReady: (status: string) => void,
): Promise<readonly (readonly (string | null)[])[]> {
  const answer = new TextRows()
  session.rows = answer
  session.send(
    parseMessage(statementName, sql),
    bindMessage(statementName, parameters, []),
    executeMessage(),
    closeStatement(statementName),
    syncMessage,
  )
  const error = await untilReady(session, sql, onReady)
  session.rows = undefined
  if (error === undefined) return answer.rows
  // After an error the server skips what follows, the closing too, and the name would be taken the next time.
  session.send(closeStatement(statementName), syncMessage)
  await untilReady(session, sql, onReady)
  throw error
}

/** The error that came before the server was ready again, if one did. */
async function untilReady(
  session: SocketSession,
  sql: string,
  onReady: (status: string) => void,
): Promise<Error | undefined> {
  let error: Error | undefined
  for (;;) {
    const message = await session.next()
    if (message.code === 'E') error = queryError(readReport(message.body), sql, false)
    if (message.code !== 'Z') continue
    onReady(String.fromCharCode(message.body[0]!))
    return error
  }
}

const statementName = 'tusk_question'
