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
  let error: Error | undefined
  for (;;) {
    const message = await session.next()
    if (message.code === 'E') error = queryError(readReport(message.body), sql, false)
    if (message.code !== 'Z') continue
    session.rows = undefined
    onReady(String.fromCharCode(message.body[0]!))
    if (error !== undefined) throw error
    return answer.rows
  }
}

const statementName = 'tusk_question'
