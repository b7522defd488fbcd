import type { TransactionLevel } from '../../../../engine/transactions.ts'
import { editorDialect } from '../../../../ui/web/editor/editor-dialect.ts'
import type { MenuItem } from '../../../../ui/web/menu.ts'
import { toast } from '../../../../ui/web/toast.ts'
import type { WireSession } from '../../../../wire.ts'
import type { Connections } from '../connections.ts'
import { type PopupAnchor, popup } from '../popup.ts'
import type { Runs } from '../runs.ts'
import type { SessionWatch } from '../session-watch.ts'
import type { StudioApi } from '../studio-api.ts'
import type { StudioTab, Tabs } from '../tabs.ts'
import { askTransaction } from './ask-transaction.ts'

export interface TransactionDeskOptions {
  readonly api: Pick<StudioApi, 'session'>
  readonly tabs: Tabs
  readonly runs: Runs
  readonly connections: Connections
  readonly session: SessionWatch
}

/** How a tab's transactions are. */
export interface TransactionLook {
  readonly state: WireSession['transaction']
  /** When it began (performance.now), as far as that is known. */
  readonly since: number | undefined
  readonly commit: StudioTab['commit']
  /** What it is begun with, where the database lets one choose. */
  readonly level: string | undefined
}

/** The transaction of the tab in front: kept by hand or at once, how isolated, ended, and asked about before it is lost. */
export class TransactionDesk {
  readonly #options: TransactionDeskOptions
  readonly #stop: () => void
  #told: string | undefined

  constructor(options: TransactionDeskOptions) {
    this.#options = options
    this.#stop = options.session.session.onChange(session => this.#tell(session))
  }

  get look(): TransactionLook {
    const { tabs, runs, session } = this.#options
    const tab = tabs.activeTab
    const levels = this.#levels(tab)
    return {
      state: session.session.value?.transaction ?? runs.of(tab?.key ?? '').value.run?.transaction ?? 'none',
      since: session.transactionSince,
      commit: tab?.commit ?? 'auto',
      level: levels.length < 2 ? undefined : (levels.find(({ id }) => id === tab?.isolation) ?? levels[0])?.label,
    }
  }

  /** The menu of the run bar. */
  choose(anchor: PopupAnchor): void {
    const { tabs } = this.#options
    const tab = tabs.activeTab
    if (tab === undefined) return
    const levels = this.#levels(tab)
    const commit = (how: StudioTab['commit'], label: string): MenuItem => ({
      label,
      checked: tab.commit === how,
      run: () => tabs.change(tab.key, { commit: how }),
    })
    const isolation = levels.map(
      ({ id, label }, at): MenuItem => ({
        label: at === 0 && levels.length > 1 ? `${label} (as usual)` : label,
        checked:
          at === 0 ? !levels.some(other => other.id === tab.isolation) || tab.isolation === id : tab.isolation === id,
        disabled: tab.commit === 'auto' || levels.length < 2,
        run: () => tabs.change(tab.key, { isolation: at === 0 ? null : id }),
      }),
    )
    popup(anchor, 'Transactions of this tab', [
      commit('auto', 'Auto commit: each statement is kept at once'),
      commit('manual', 'Manual commit: kept at COMMIT, gone at ROLLBACK'),
      ...(isolation.length === 0 ? [] : (['separator', ...isolation] as const)),
    ])
  }

  /** Ends the tab's transaction; the rows on the screen stay. */
  async end(command: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    const { tabs } = this.#options
    const { state } = this.look
    const tab = tabs.activeTab
    if (tab === undefined || state === 'none')
      toast({ kind: 'info', title: 'There is no open transaction in this tab' })
    else if (state === 'failed' && command === 'COMMIT')
      toast({ kind: 'warning', title: 'After an error only ROLLBACK is accepted' })
    else if (await this.#end(tab, this.#place(tab), command))
      toast({ kind: 'success', title: command === 'COMMIT' ? 'Committed' : 'Rolled back' })
  }

  /** Before a tab's session is left: asks what becomes of its open transaction. False: it is to stay. */
  async settle(tab: StudioTab, doing: string): Promise<boolean> {
    const { api, tabs, session } = this.#options
    const connectionId = this.#place(tab)
    const known = tabs.active.value === tab.key ? session.session.value?.transaction : undefined
    if (tab.id === null || connectionId === undefined || (known ?? tab.lastRun?.transaction ?? 'none') === 'none')
      return true
    // It may have ended meanwhile: by another window, or by its limit.
    const now = await api.session(tab.id, connectionId).catch(() => undefined)
    if (now === undefined || now.transaction === 'none') return true
    const choice = await askTransaction(tab.title, doing, now.transaction === 'failed')
    return choice !== undefined && (await this.#end(tab, connectionId, choice))
  }

  destroy(): void {
    this.#stop()
  }

  #levels(tab: StudioTab | undefined): readonly TransactionLevel[] {
    const connection = this.#options.connections.get(tab?.connectionId)
    return connection === undefined ? [] : (editorDialect(connection.engine).sql.transactions?.levels ?? [])
  }

  /** The connection on which the tab's transaction is. */
  #place(tab: StudioTab): string | undefined {
    return tab.connectionId ?? tab.lastRun?.connectionId
  }

  /** Whether it was done; says why not. */
  async #end(tab: StudioTab, connectionId: string | undefined, command: 'COMMIT' | 'ROLLBACK'): Promise<boolean> {
    const { runs, session } = this.#options
    if (connectionId === undefined) return false
    const ended = await runs.aside(tab.key, connectionId, command)
    if (ended === undefined) return false
    session.ran(ended.connectionId, ended.transaction)
    const failed = ended.statements.find(({ error }) => error !== undefined)?.error
    if (failed === undefined) return true
    toast({ kind: 'error', title: failed.message, ...(failed.detail === undefined ? {} : { detail: failed.detail }) })
    return false
  }

  /** What happened to the session while it was not used, once. */
  #tell(session: WireSession | undefined): void {
    const note = session?.state === 'connected' ? session.note : undefined
    if (note !== undefined && note !== this.#told)
      toast({ kind: 'warning', title: 'The transaction was rolled back', detail: note })
    this.#told = note
  }
}
