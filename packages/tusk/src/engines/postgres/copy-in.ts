import { setImmediate as macrotask } from 'node:timers/promises'
import { type LoadOptions, type LoadRequest, pieces } from '../../engine/load.ts'
import { TuskError } from '../../errors.ts'
import { cancelledBy } from './cancelled-by.ts'
import { copyText } from './copy-text.ts'
import { copyDataMessage, copyDoneMessage, copyFailMessage, queryMessage, readReport } from './protocol-messages.ts'
import { queryError } from './server-report.ts'
import type { SocketSession } from './socket-session.ts'

/**
 * COPY … FROM STDIN on a session where no statement runs. Resolves, or rejects, when the server is ready again; what the server says of a row
 * is in the error's detail.
 */
export async function copyIn(
  session: SocketSession,
  sql: string,
  { source, columns }: Pick<LoadRequest, 'source' | 'columns'>,
  options: LoadOptions,
  onReady: (status: string) => void,
): Promise<void> {
  const { signal } = options
  session.send(queryMessage(sql))
  const answer = new Answer(session, sql, onReady)
  if ((await answer.next) === 'copy') {
    const failure = await send(session, { source, columns }, answer, options)
    // Of a COPY that the server has given up it skips both.
    session.send(failure === undefined ? copyDoneMessage : copyFailMessage(failure.message.slice(0, 200)))
    await answer.untilReady()
    if (failure !== undefined) throw failure
  }
  if (signal?.aborted) throw cancelledBy(signal)
  if (answer.error !== undefined) throw answer.error
}

/** Gives why it stopped, if it did. */
async function send(
  session: SocketSession,
  { source, columns }: Pick<LoadRequest, 'source' | 'columns'>,
  answer: Answer,
  { signal, onProgress }: LoadOptions,
): Promise<TuskError | undefined> {
  const positions = columns.map(({ from }) => from)
  let told = 0
  try {
    for (const { first, count } of pieces(source)) {
      if (signal?.aborted) return cancelledBy(signal)
      if (answer.error !== undefined) return undefined
      session.send(copyDataMessage(copyText(source.readRows(first, count, positions), first, columns)))
      await session.drained()
      // Messages and a cancel are heard although the socket takes all at once.
      await macrotask()
      if (performance.now() - told < 50) continue
      told = performance.now()
      onProgress?.(first + count)
    }
    return undefined
  } catch (error) {
    return TuskError.from(error)
  }
}

/** What the server says to a COPY, listened to while the rows are sent. */
class Answer {
  error: TuskError | undefined
  readonly next: Promise<'copy' | 'ready'>
  readonly #ready: Promise<void>

  constructor(session: SocketSession, sql: string, onReady: (status: string) => void) {
    const begun = Promise.withResolvers<'copy' | 'ready'>()
    this.next = begun.promise
    this.#ready = (async () => {
      for (;;) {
        const { code, body } = await session.next()
        if (code === 'G') begun.resolve('copy')
        if (code === 'E') this.error ??= queryError(readReport(body), sql, false)
        if (code !== 'Z') continue
        onReady(String.fromCharCode(body[0]!))
        begun.resolve('ready')
        return
      }
    })()
    this.#ready.catch(error => {
      this.error ??= TuskError.from(error)
      begun.reject(error)
    })
  }

  untilReady(): Promise<void> {
    return this.#ready
  }
}
