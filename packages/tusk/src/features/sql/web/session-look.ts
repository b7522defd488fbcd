import type { WireError, WireSession } from '../../../wire.ts'
import type { TabRun } from './runs.ts'

export interface SessionLook {
  readonly state: 'none' | 'connecting' | 'busy' | 'idle' | 'transaction' | 'lost'
  /** One or two words beside the connection. */
  readonly text: string
  /** A sentence. */
  readonly title: string
}

const lostCodes = new Set<WireError['code']>(['CONNECTION_FAILED', 'CONNECTION_LOST', 'SESSION_LOST', 'HOST_DIED'])

/** How the tab stands with its database. */
export function sessionLook(tabRun: TabRun, session: WireSession | undefined): SessionLook {
  const { run } = tabRun
  const asked = tabRun.starting || run?.state === 'running'
  if (asked && tabRun.starting && (session === undefined || session.state === 'none' || session.state === 'lost'))
    return { state: 'connecting', text: 'Connecting', title: 'A session is being opened.' }
  if (asked) return { state: 'busy', text: 'Running', title: 'The session is running a statement.' }
  const failure = tabRun.failure?.error ?? run?.statements.findLast(({ error }) => error !== undefined)?.error
  const broken = failure !== undefined && lostCodes.has(failure.code)
  if (session?.state === 'busy') return { state: 'connecting', text: 'Connecting', title: 'A session is being opened.' }
  if (session?.state === 'lost' || (broken && session?.state !== 'connected'))
    return {
      state: 'lost',
      text: 'Lost',
      title: session?.note ?? failure?.message ?? 'The session could not be opened.',
    }
  if (session?.state !== 'connected')
    return { state: 'none', text: 'Not connected', title: 'A session is opened when something runs.' }
  return session.transaction === 'none'
    ? { state: 'idle', text: 'Connected', title: 'The session is open and idle.' }
    : { state: 'transaction', text: 'In transaction', title: 'The session has an open transaction.' }
}
