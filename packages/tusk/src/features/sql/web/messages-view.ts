import { type Child, h, textButton } from '../../../ui/web/dom.ts'
import { type IconName, icon } from '../../../ui/web/icons.ts'
import type { WireNotice, WireRun, WireStatement } from '../../../wire.ts'
import { failureBox } from './failure-box.ts'
import { clockTime, counted, duration } from './format.ts'
import { hasRows, outcome, stateLook, timeText } from './statement-look.ts'

const noticeIcons: Readonly<Record<WireNotice['severity'], IconName>> = {
  debug: 'info',
  info: 'info',
  notice: 'info',
  warning: 'warning',
}

/** What the database said while a statement ran, and how it ended. */
export function messagesView(run: WireRun, statement: WireStatement, onGoTo: (position: number) => void): HTMLElement {
  const look = stateLook(statement)
  return h(
    'div',
    { class: 'studio-messages', tabIndex: 0, role: 'log', label: 'Messages' },
    run.sessionNote !== undefined && line('warning', run.sessionNote, 'studio-warn', clockTime(run.startedAt)),
    h(
      'pre',
      { class: 'studio-messages-sql' },
      statement.sql.length > 2_000 ? `${statement.sql.slice(0, 2_000)} …` : statement.sql,
    ),
    ...statement.notices.map(notice =>
      line(
        noticeIcons[notice.severity],
        notice.message,
        `studio-notice-${notice.severity}`,
        noticeTime(notice),
        notice.detail,
        notice.hint,
      ),
    ),
    statement.state === 'failed' && statement.error !== undefined && errorPanel(statement, onGoTo),
    statement.state === 'truncated' &&
      statement.error !== undefined &&
      line(
        'warning',
        statement.error.message,
        'studio-notice-warning',
        '',
        statement.error.detail,
        statement.error.hint,
      ),
    statement.state !== 'failed' &&
      line(
        look.icon === 'spinner' ? 'clock' : look.icon,
        ending(statement),
        `studio-tone-${look.tone}`,
        finishTime(run, statement),
      ),
    hasRows(statement) &&
      statement.firstRowsMilliseconds !== undefined &&
      line('clock', `First rows after ${duration(statement.firstRowsMilliseconds)}`, '', ''),
  )
}

/** The error in full, with a way to its place in the text. */
export function errorPanel(statement: WireStatement, onGoTo: (position: number) => void): HTMLElement {
  const at = statement.errorAt
  return failureBox(
    statement.error!,
    at !== undefined && textButton('Go to error', () => onGoTo(at), { icon: 'arrow' }),
    textButton('Go to statement', () => onGoTo(statement.from), { icon: 'arrow' }),
  )
}

function line(
  name: IconName,
  text: string,
  className: string,
  time: string,
  ...more: readonly (string | undefined)[]
): HTMLElement {
  const children: Child[] = more.map(part => part !== undefined && h('p', { class: 'studio-muted' }, part))
  return h(
    'div',
    { class: `studio-message ${className}` },
    h('time', {}, time),
    icon(name),
    h('div', {}, h('p', {}, text), ...children),
  )
}

function ending(statement: WireStatement): string {
  const look = stateLook(statement)
  return [outcome(statement) || look.text, timeText(statement) && `in ${timeText(statement)}`].filter(Boolean).join(' ')
}

/** Servers that know when a notice came say so. */
function noticeTime(notice: WireNotice): string {
  return notice.at === undefined ? '' : clockTime(notice.at)
}

function finishTime(run: WireRun, statement: WireStatement): string {
  const before = run.statements.slice(0, statement.index + 1).reduce((sum, other) => sum + other.milliseconds, 0)
  return clockTime(new Date(Date.parse(run.startedAt) + before).toISOString())
}

/** All statements of a script with how they went. */
export function scriptSummary(run: WireRun, onChoose: (index: number) => void): HTMLElement {
  const done = run.statements.filter(
    statement => statement.state === 'complete' || statement.state === 'truncated',
  ).length
  const failed = run.statements.filter(statement => statement.state === 'failed').length
  const head = [
    `${done} of ${counted(run.statements.length, 'statement')} done`,
    failed > 0 && `${failed} failed`,
    duration(run.milliseconds),
  ].filter(Boolean)
  return h(
    'div',
    { class: 'studio-script', tabIndex: 0, label: 'Statements of the script' },
    h('p', { class: 'studio-script-head' }, head.join(' · ')),
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', {}, '#'),
          h('th', {}, 'State'),
          h('th', {}, 'Statement'),
          h('th', {}, 'Outcome'),
          h('th', {}, 'Time'),
        ),
      ),
      h('tbody', {}, ...run.statements.map(statement => summaryRow(statement, onChoose))),
    ),
  )
}

function summaryRow(statement: WireStatement, onChoose: (index: number) => void): HTMLElement {
  const look = stateLook(statement)
  const open = h(
    'button',
    { class: 'studio-link', attributes: { type: 'button' } },
    statement.sql.replace(/\s+/g, ' ').slice(0, 200),
  )
  open.addEventListener('click', () => onChoose(statement.index))
  return h(
    'tr',
    {},
    h('td', {}, String(statement.index + 1)),
    h(
      'td',
      { class: `studio-tone-${look.tone}` },
      look.icon === 'spinner' ? h('span', { class: 'spinner' }) : icon(look.icon),
      look.text,
    ),
    h('td', {}, open),
    h('td', {}, statement.error?.message ?? outcome(statement)),
    h('td', {}, timeText(statement)),
  )
}
