import { h, iconButton, replace, spinner, textButton } from '../../../ui/web/dom.ts'
import { icon } from '../../../ui/web/icons.ts'
import type { WireConnection } from '../../../wire.ts'
import { colorMark, engineIcon } from './connection-look.ts'
import { age, elapsed } from './format.ts'
import type { TabRun } from './runs.ts'
import { connectionColor, environmentBadge, environmentOf, paint } from './safety/environment.ts'
import type { SessionLook } from './session-look.ts'
import type { TransactionLook } from './transactions/transaction-desk.ts'

export interface RunBarState {
  readonly connection: WireConnection | undefined
  readonly tabRun: TabRun
  readonly session: SessionLook
  readonly transaction: TransactionLook
  /** Why the statement at the cursor cannot be measured here; absent: it can. */
  readonly noAnalyze: string | undefined
  readonly onError: 'stop' | 'continue'
  readonly offline: boolean
  readonly unsaved: boolean
  readonly historyOpen: boolean
}

export interface RunBarOptions {
  readonly onRun: () => void
  readonly onRunAll: () => void
  readonly onExplain: (mode: 'plan' | 'analyze') => void
  readonly onCancel: () => void
  readonly onErrorChoice: (anchor: HTMLElement) => void
  readonly onConnection: (anchor: HTMLElement) => void
  readonly onReconnect: () => void
  readonly onCommitChoice: (anchor: HTMLElement) => void
  readonly onTransaction: (command: 'COMMIT' | 'ROLLBACK') => void
  readonly onHistory: () => void
  readonly onShortcuts: () => void
  readonly modifier: string
}

export interface RunBar {
  readonly dom: HTMLElement
  draw(state: RunBarState): void
  destroy(): void
}

/** Above the editor: run, cancel, the tab's connection, its transaction, and what is saved. */
export function createRunBar(options: RunBarOptions): RunBar {
  const { modifier } = options
  const run = textButton('Run', options.onRun, {
    icon: 'run',
    class: 'btn-primary studio-run',
    title: `Run the selection or the statement at the cursor (${modifier}+Enter)`,
  })
  const runAll = textButton('Run all', options.onRunAll, {
    icon: 'runAll',
    title: `Run the whole script (Shift+${modifier}+Enter)`,
  })
  const explain = textButton('Explain', () => options.onExplain('plan'), {
    icon: 'explain',
    class: 'btn-ghost studio-explain',
    label: 'Explain',
    title: 'Explain: the plan of the statement at the cursor, without running it (Alt+E)',
  })
  const analyze = textButton('Analyze', () => options.onExplain('analyze'), {
    icon: 'analyze',
    class: 'btn-ghost studio-explain',
    label: 'Explain Analyze',
  })
  const commit = h('button', {
    class: 'btn btn-sm btn-ghost studio-commit',
    attributes: { type: 'button', 'aria-haspopup': 'menu' },
    on: { click: () => options.onCommitChoice(commit) },
  })
  const onErrorButton = h('button', {
    class: 'btn btn-sm btn-ghost studio-on-error',
    attributes: { type: 'button', 'aria-haspopup': 'menu' },
    on: { click: () => options.onErrorChoice(onErrorButton) },
  })
  const cancel = textButton('Cancel', options.onCancel, {
    icon: 'stop',
    class: 'studio-cancel',
    title: 'Cancel (Escape)',
    hidden: true,
  })
  const connection = h('button', {
    class: 'btn btn-sm studio-connection-button',
    attributes: { type: 'button', 'aria-haspopup': 'menu' },
    on: { click: () => options.onConnection(connection) },
  })
  const reconnect = textButton('Reconnect', options.onReconnect, {
    icon: 'plug',
    class: 'studio-reconnect',
    title: 'Open a new session on this connection',
    hidden: true,
  })
  const role = h('span', { class: 'studio-badge studio-role', hidden: true })
  const transaction = h('div', { class: 'studio-transaction', hidden: true })
  const saved = h('span', { class: 'studio-saved', role: 'status' })
  const clock = h('span', { class: 'studio-clock' })
  const history = iconButton('history', 'History', options.onHistory, { shortcut: 'Ctrl+H' })
  const dom = h(
    'div',
    { class: 'studio-run-bar', role: 'toolbar', label: 'Run' },
    run,
    runAll,
    explain,
    analyze,
    onErrorButton,
    cancel,
    clock,
    h('span', { class: 'studio-divider' }),
    connection,
    role,
    reconnect,
    commit,
    transaction,
    h('span', { class: 'studio-space' }),
    saved,
    history,
    iconButton('keyboard', 'Keyboard shortcuts', options.onShortcuts, { shortcut: '?' }),
  )
  let since: number | undefined
  let shownTransaction = ''
  let openSince: number | undefined
  const ageOf = h('span', { class: 'studio-transaction-age', title: 'How long it is open' })
  const timer = setInterval(() => {
    if (since !== undefined) clock.textContent = elapsed(performance.now() - since)
    drawAge()
  }, 100)

  return {
    dom,
    destroy: () => clearInterval(timer),
    draw({
      connection: chosen,
      tabRun,
      session,
      transaction: transactionLook,
      noAnalyze,
      onError,
      offline,
      unsaved,
      historyOpen,
    }) {
      const running = tabRun.starting || tabRun.run?.state === 'running'
      dom.ariaBusy = String(running)
      run.hidden = running
      runAll.hidden = running
      onErrorButton.hidden = running
      explain.hidden = running
      analyze.hidden = running
      cancel.hidden = !running
      cancel.disabled = tabRun.cancelling
      cancel.lastElementChild!.textContent = tabRun.cancelling ? 'Cancelling …' : 'Cancel'
      run.disabled = chosen === undefined
      runAll.disabled = chosen === undefined
      explain.disabled = chosen === undefined
      drawAnalyze(analyze, chosen, noAnalyze)
      drawCommit(commit, transactionLook)
      commit.hidden = chosen === undefined
      drawEnvironment(dom, chosen)
      since = running ? tabRun.since : undefined
      clock.hidden = !running
      if (running) clock.textContent = elapsed(performance.now() - tabRun.since)
      drawOnError(onErrorButton, onError)
      drawConnection(connection, chosen, session)
      drawRole(role, chosen?.role)
      reconnect.hidden = chosen === undefined || session.state !== 'lost'
      openSince = transactionLook.since
      drawTransaction(running ? 'none' : transactionLook.state)
      drawAge()
      drawSaved(saved, offline, unsaved)
      history.ariaPressed = String(historyOpen)
    },
  }

  function drawAge(): void {
    const text = openSince === undefined ? '' : age(performance.now() - openSince)
    if (ageOf.textContent !== text) ageOf.textContent = text
  }

  function drawTransaction(state: 'none' | 'open' | 'failed'): void {
    if (state === shownTransaction) return
    shownTransaction = state
    transaction.hidden = state === 'none'
    transaction.dataset.state = state
    if (state === 'none') return
    const title =
      state === 'open' ? 'Changes are not seen by others until COMMIT' : 'After an error only ROLLBACK is accepted'
    replace(
      transaction,
      h(
        'span',
        { class: 'studio-transaction-label', title },
        icon('alert'),
        h('span', {}, state === 'open' ? 'Transaction open' : 'Transaction failed'),
        ageOf,
      ),
      state === 'open' &&
        textButton('COMMIT', () => options.onTransaction('COMMIT'), {
          title: 'Keep the changes (Alt+Shift+C)',
        }),
      textButton('ROLLBACK', () => options.onTransaction('ROLLBACK'), { title: 'Undo the changes (Alt+Shift+R)' }),
    )
  }
}

function drawAnalyze(
  button: HTMLButtonElement,
  chosen: WireConnection | undefined,
  noAnalyze: string | undefined,
): void {
  // Not disabled: the key and the button say why.
  button.disabled = chosen === undefined
  button.ariaDisabled = String(noAnalyze !== undefined)
  const title =
    noAnalyze ??
    'Explain Analyze: runs the statement at the cursor, measures it, and rolls back what it changed (Alt+Shift+E)'
  if (button.title !== title) button.title = title
}

function drawCommit(button: HTMLElement, { commit, level }: TransactionLook): void {
  const key = `${commit} ${level}`
  if (button.dataset.key === key) return
  button.dataset.key = key
  button.dataset.choice = commit
  const text = commit === 'auto' ? 'Tx: Auto' : 'Tx: Manual'
  button.ariaLabel = text
  button.title =
    commit === 'auto'
      ? 'Transactions: each statement is kept at once'
      : `Transactions by hand${level === undefined ? '' : `, ${level.replace(/:.*/, '').toLowerCase()}`}: nothing is kept until you say so`
  replace(button, icon(commit === 'auto' ? 'autoCommit' : 'manualCommit'), h('span', {}, text), icon('down'))
}

/** A line in the connection's colour over the whole width: production does not look like a test. */
function drawEnvironment(bar: HTMLElement, connection: WireConnection | undefined): void {
  const environment = connection && environmentOf(connection)
  if (environment === undefined) delete bar.dataset.environment
  else bar.dataset.environment = environment.id
  paint(bar, environment === undefined || connection === undefined ? '' : connectionColor(connection))
}

function drawOnError(button: HTMLElement, onError: 'stop' | 'continue'): void {
  if (button.dataset.choice === onError) return
  button.dataset.choice = onError
  const text = onError === 'stop' ? 'Stop on error' : 'Go on after errors'
  button.title = `${text}: what a script does after a statement that failed`
  replace(button, icon(onError === 'stop' ? 'stopOnError' : 'continue'), h('span', {}, text), icon('down'))
}

function drawConnection(button: HTMLElement, connection: WireConnection | undefined, session: SessionLook): void {
  const key = JSON.stringify([connection?.id, connection?.version, session])
  if (button.dataset.key === key) return
  button.dataset.key = key
  button.dataset.session = session.state
  button.title =
    connection === undefined
      ? 'Choose a connection for this tab'
      : `This tab runs on ${connection.name}. ${session.text}: ${session.title}`
  if (connection === undefined) {
    replace(button, icon('plug'), h('span', { class: 'studio-connection-name' }, 'Choose a connection'), icon('down'))
    return
  }
  replace(
    button,
    colorMark(connectionColor(connection)),
    engineIcon(connection.engine),
    h('span', { class: 'studio-connection-name' }, connection.name),
    environmentBadge(connection),
    connection.readOnly && h('span', { class: 'studio-badge', title: 'Read-only' }, icon('lock'), 'RO'),
    h(
      'span',
      { class: 'studio-session', role: 'status', attributes: { 'data-state': session.state } },
      h('span', { class: 'studio-session-dot' }),
      h('span', { class: 'studio-session-text' }, session.text),
    ),
    icon('down'),
  )
}

function drawRole(badge: HTMLElement, role: string | undefined): void {
  badge.hidden = role === undefined
  badge.textContent = role === undefined ? '' : `as role ${role}`
  badge.title = `Each statement begins as the database role ${role}. SQL can leave it as far as the user who signs in may.`
}

function drawSaved(badge: HTMLElement, offline: boolean, unsaved: boolean): void {
  const state = offline ? 'offline' : unsaved ? 'saving' : 'saved'
  if (badge.dataset.state === state) return
  badge.dataset.state = state
  if (offline) {
    replace(badge, icon('offline'), 'Offline, retrying')
    badge.title = 'Tusk does not answer. Your text is kept in this browser and saved as soon as it is back.'
  } else if (unsaved) {
    replace(badge, spinner('Saving'))
    badge.title = 'Saving'
  } else {
    replace(badge, icon('check'))
    badge.title = 'Saved'
  }
}
