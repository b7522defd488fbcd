import type { WireSession } from '../../../wire.ts'
import { Observable } from './observable.ts'
import type { StudioApi } from './studio-api.ts'

/** A session that holds something may end by itself: it is looked at again this often while the page is seen. */
const lookAgain = 15_000
/** Its transaction may be rolled back by its limit. */
const lookAtTransaction = 5_000

/** The database session of the tab in front, as far as it is known. */
export class SessionWatch {
  readonly session = new Observable<WireSession | undefined>(undefined)
  readonly #api: Pick<StudioApi, 'session' | 'reconnect'>
  readonly #timer: ReturnType<typeof setInterval>
  #since: number | undefined
  /** When the server was asked last. */
  #looked = 0
  #place: { readonly tabId: string; readonly connectionId: string } | undefined
  #asking = new AbortController()

  constructor(api: Pick<StudioApi, 'session' | 'reconnect'>) {
    this.#api = api
    this.#timer = setInterval(() => {
      const { state, transaction } = this.session.value ?? {}
      const pause = transaction === 'open' || transaction === 'failed' ? lookAtTransaction : lookAgain
      const isTime = performance.now() - this.#looked >= pause - 500
      if (!document.hidden && state === 'connected' && isTime) void this.look()
    }, lookAtTransaction)
  }

  /** When the open transaction began (performance.now); undefined when there is none. */
  get transactionSince(): number | undefined {
    return this.#since
  }

  /** Another tab or connection is in front; a tab that was never saved has no session. */
  show(tabId: string | null | undefined, connectionId: string | null | undefined): void {
    const place = tabId && connectionId ? { tabId, connectionId } : undefined
    if (place?.tabId === this.#place?.tabId && place?.connectionId === this.#place?.connectionId) return
    this.#place = place
    this.#since = undefined
    this.session.value = undefined
    void this.look()
  }

  /** Asks the server. When it does not answer, what was known stays: the page says elsewhere that it is away. */
  async look(): Promise<void> {
    this.#asking.abort()
    this.#asking = new AbortController()
    this.#looked = performance.now()
    const { signal } = this.#asking
    const place = this.#place
    if (place === undefined) return
    const session = await this.#api.session(place.tabId, place.connectionId, signal).catch(() => undefined)
    if (!signal.aborted && session !== undefined) this.#take(session)
  }

  /** A run has ended, and said how the transaction is: known before the server is asked. */
  ran(connectionId: string, transaction: WireSession['transaction']): void {
    if (connectionId === this.#place?.connectionId && this.session.value !== undefined)
      this.#take({ state: 'connected', transaction })
    void this.look()
  }

  /** Opens the session anew; what it held is gone. Rejects when the database cannot be reached. */
  async reconnect(): Promise<void> {
    const place = this.#place
    if (place === undefined) return
    this.#asking.abort()
    this.session.value = { state: 'busy', transaction: 'none' }
    try {
      this.#take(await this.#api.reconnect(place.tabId, place.connectionId))
    } catch (error) {
      this.session.value = { state: 'lost', transaction: 'none' }
      throw error
    }
  }

  #take(session: WireSession): void {
    const { transaction, transactionMilliseconds: age } = session
    if (transaction === 'none') this.#since = undefined
    else if (age !== undefined) this.#since = performance.now() - age
    else this.#since ??= performance.now()
    this.session.value = session
  }

  destroy(): void {
    clearInterval(this.#timer)
    this.#asking.abort()
  }
}
