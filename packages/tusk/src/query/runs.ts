import type { Actor } from '../auth/actor.ts'
import type { Cancellable } from '../engine/engine.ts'
import type { WireRun, WireRunEvent, WireRunRequest, WireSession } from '../wire.ts'

/** Executions of scripts. A run belongs to the server, not to the request that started it: it goes on when the client leaves. */
export interface Runs extends AsyncDisposable {
  /**
   * Splits the script, runs each statement exactly once in the tab's session, one stored result per statement. Resolves when
   * the first statement's columns are known or it has ended. BAD_REQUEST for an empty script; CONFLICT when the tab's session
   * is still running something. Aborting `signal` cancels the run, as `cancel` does. With `answerWithinMs` it resolves after that time at the
   * latest, with the run as it is; what would have been thrown later is the error of its first statement then.
   */
  start(
    actor: Actor,
    request: RunScript,
    options?: Cancellable & { readonly answerWithinMs?: number },
  ): Promise<WireRun>
  get(actor: Actor, id: string): WireRun
  /** Newest first; finished ones are kept for a while (and for as long as a tab shows them). */
  list(actor: Actor): readonly WireRun[]
  cancel(actor: Actor, id: string): Promise<void>
  /** A snapshot, then every change, then the end. Stops when `signal` aborts. */
  events(actor: Actor, id: string, signal: AbortSignal): AsyncIterable<WireRunEvent>
  /** What is running, of everybody: without the SQL and the names of connections, which are nobody else's. */
  atWork(): readonly RunAtWork[]
  /** Cancels a run of anybody, which the caller has checked the right to; the reason is the error of its statements. NOT_FOUND when it is over. */
  end(id: string, reason: string): Promise<void>
  /** The last run of each tab that has one, by tab id. */
  lastOfTabs(actor: Actor): ReadonlyMap<string, WireRun>
  /** The tab's session on a connection, as it is now. Opens nothing. */
  session(actor: Actor, tabId: string, connectionId: string): WireSession
  /** Closes that session, rolling back what is open, and opens a new one. CONFLICT while it runs something. */
  reconnect(actor: Actor, tabId: string, connectionId: string, signal: AbortSignal): Promise<WireSession>
  /** Ends the tab's session, rolling back what is open. */
  closeTab(actor: Actor, tabId: string): Promise<void>
}

/** A run as others may know of it. */
export interface RunAtWork {
  readonly id: string
  readonly owner: { readonly id: string; readonly name: string }
  readonly engine: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly milliseconds: number
  /** Stored so far, of all its statements. */
  readonly rowCount: number
  readonly byteCount: number
}

/** What the API takes, and what only code inside Tusk may add. */
export interface RunScript extends WireRunRequest {
  /** Bind parameters in order; null is NULL. When given, even empty, the script must be one statement. */
  readonly parameters?: readonly (string | null)[]
}
