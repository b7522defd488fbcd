import { type Child, h, iconButton, replace, spinner, textButton } from '../../../ui/web/dom.ts'
import { icon } from '../../../ui/web/icons.ts'
import { ResultViewerStage } from '../../../ui/web/result-viewer-stage.ts'
import { type QueryLook, type ResultViewer, resultViewers } from '../../../ui/web/result-viewers.ts'
import type { WireRun, WireStatement } from '../../../wire.ts'
import { failureBox } from './failure-box.ts'
import { bytes, elapsed, exactCount, shortCount } from './format.ts'
import { errorPanel, messagesView, scriptSummary } from './messages-view.ts'
import type { ResultActions } from './result-actions.ts'
import { openResultMenu } from './result-menu.ts'
import type { ResultSources } from './result-sources.ts'
import type { TabRun } from './runs.ts'
import { hasRows, isBusy, mostTelling, outcome, stateLook, statementLabel, timeText } from './statement-look.ts'

export interface ResultsPaneOptions {
  readonly sources: ResultSources
  readonly onGoTo: (position: number) => void
  readonly actions: ResultActions
  readonly onCancel: () => void
  readonly modifier: string
  /** What viewers remember of a statement of a tab. */
  readonly looksOf: (key: string | undefined, statement: number) => QueryLook | undefined
}

export interface ResultsPane {
  readonly dom: HTMLElement
  /** `key` is the tab's: each tab remembers which of its statements is looked at. */
  draw(key: string | undefined, tabRun: TabRun): void
  focusGrid(): void
  destroy(): void
}

const rolledBackText = 'It was carried out in a transaction that was rolled back: nothing was changed.'

type Shown = number | 'script'
/** The id of a viewer, or the messages. */
type Face = 'messages' | (string & {})

interface Choice {
  readonly runId: string
  /** Undefined: whatever tells most, which changes while the run goes on. */
  shown: Shown | undefined
  face: Face | undefined
}

/** Below the editor: a tab for each statement of the last run, its rows and its messages. */
export function createResultsPane(options: ResultsPaneOptions): ResultsPane {
  return new DomResultsPane(options)
}

class DomResultsPane implements ResultsPane {
  readonly dom = h('section', { class: 'studio-results', label: 'Results' })
  readonly #options: ResultsPaneOptions
  readonly #strip = h('div', { class: 'studio-result-tabs', role: 'tablist', label: 'Statements' })
  readonly #bar = h('div', { class: 'studio-result-bar' })
  readonly #stage = new ResultViewerStage('studio-grid-box')
  readonly #page = h('div', { class: 'studio-result-page' })
  readonly #choices = new Map<string, Choice>()
  /** The viewer that was chosen last in a tab: its next runs are shown there too. */
  readonly #viewers = new Map<string, string>()
  readonly #stopActions: () => void
  readonly #timer: ReturnType<typeof setInterval>
  #key: string | undefined
  #tabRun: TabRun | undefined
  #busySince: { readonly at: number; readonly dom: HTMLElement } | undefined
  #drawnPage: string | undefined

  constructor(options: ResultsPaneOptions) {
    this.#options = options
    this.dom.append(this.#strip, this.#bar, this.#stage.dom, this.#page)
    this.#strip.addEventListener('keydown', event => this.#onStripKey(event))
    const redraw = (): void => {
      if (this.#tabRun !== undefined) this.draw(this.#key, this.#tabRun)
    }
    const stops = [options.actions.pins.onChange(redraw), options.actions.names.onChange(redraw)]
    this.#stopActions = () => {
      for (const stop of stops) stop()
    }
    void options.actions.learnNames()
    this.#timer = setInterval(() => {
      if (this.#busySince !== undefined)
        this.#busySince.dom.textContent = elapsed(performance.now() - this.#busySince.at)
    }, 100)
  }

  draw(key: string | undefined, tabRun: TabRun): void {
    this.#key = key
    this.#tabRun = tabRun
    this.#busySince = undefined
    // The rows of the run before are not those that were asked for now.
    this.dom.classList.toggle('studio-stale', tabRun.starting)
    const { run, failure } = tabRun
    if (failure !== undefined) {
      this.#drawEmpty(failureBox(failure.error))
    } else if (run === undefined) {
      this.#drawEmpty(tabRun.starting ? waiting('Connecting …') : this.#invitation())
    } else {
      this.#drawRun(run)
    }
  }

  focusGrid(): void {
    if (!this.#stage.dom.hidden) this.#stage.focus()
    else this.#page.querySelector<HTMLElement>('[tabindex="0"], button')?.focus()
  }

  destroy(): void {
    clearInterval(this.#timer)
    this.#stopActions()
    this.#stage.destroy()
  }

  #drawEmpty(content: HTMLElement): void {
    this.#strip.hidden = true
    this.#bar.hidden = true
    this.#stage.dom.hidden = true
    this.#page.hidden = false
    this.#drawnPage = undefined
    replace(this.#page, content)
  }

  #invitation(): HTMLElement {
    const { modifier } = this.#options
    return h(
      'div',
      { class: 'studio-empty' },
      icon('run'),
      h('p', {}, 'Results appear here'),
      h(
        'p',
        { class: 'studio-muted' },
        h('kbd', {}, `${modifier}+Enter`),
        ' runs the statement at the cursor, ',
        h('kbd', {}, `Shift+${modifier}+Enter`),
        ' the whole script.',
      ),
    )
  }

  #choice(run: WireRun): Choice {
    const key = this.#key ?? ''
    let choice = this.#choices.get(key)
    if (choice?.runId !== run.id) {
      choice = { runId: run.id, shown: undefined, face: undefined }
      this.#choices.set(key, choice)
    }
    return choice
  }

  #shown(run: WireRun): Shown {
    const chosen = this.#choice(run).shown
    if (chosen !== undefined) return chosen
    return run.statements.length > 6 && run.state === 'running' ? 'script' : mostTelling(run)
  }

  #choose(change: Partial<Pick<Choice, 'shown' | 'face'>>): void {
    const run = this.#tabRun?.run
    if (run === undefined) return
    Object.assign(this.#choice(run), change)
    if (change.face !== undefined && change.face !== 'messages' && !this.#isPlan(run))
      this.#viewers.set(this.#key ?? '', change.face)
    this.#drawRun(run)
  }

  /** How a plan is looked at says nothing of how rows are. */
  #isPlan(run: WireRun): boolean {
    const shown = this.#shown(run)
    const schema = shown === 'script' ? undefined : run.statements[shown]?.schema
    return schema !== undefined && resultViewers(schema)[0]?.prefers?.(schema) === true
  }

  #drawRun(run: WireRun): void {
    const shown = this.#shown(run)
    this.#drawStrip(run, shown)
    this.#bar.hidden = false
    if (shown === 'script') {
      this.#bar.hidden = true
      this.#showPage(
        scriptSummary(run, index => this.#choose({ shown: index, face: undefined })),
        `script ${JSON.stringify(run)}`,
      )
      return
    }
    const statement = run.statements[shown]
    if (statement === undefined) {
      this.#drawEmpty(h('p', { class: 'studio-hint' }, 'The script holds no statement.'))
      return
    }
    const viewers = statement.schema === undefined ? [] : resultViewers(statement.schema)
    const usual = statement.schema !== undefined && viewers[0]?.prefers?.(statement.schema) === true
    const wanted = this.#choice(run).face ?? (usual ? undefined : this.#viewers.get(this.#key ?? ''))
    const viewer = viewers.find(({ id }) => id === wanted) ?? viewers[0]
    const face = wanted === 'messages' ? 'messages' : (viewer?.id ?? 'grid')
    this.#drawBar(run, statement, face, viewers)
    if (face === 'messages') {
      this.#showPage(messagesView(run, statement, this.#options.onGoTo), `messages ${JSON.stringify(statement)}`)
    } else if (statement.state === 'failed' && statement.error !== undefined && statement.rowCount === 0) {
      const panel = h('div', { class: 'studio-error-page' }, errorPanel(statement, this.#options.onGoTo))
      this.#showPage(panel, `error ${run.id} ${statement.index} ${JSON.stringify(statement.error)}`)
    } else if (
      hasRows(statement) &&
      statement.resultId !== undefined &&
      viewer !== undefined &&
      !cancelledEmpty(statement)
    ) {
      this.#showViewer(viewer, statement, statement.resultId, run.engine)
    } else {
      this.#showPage(
        stateView(statement),
        `state ${run.id} ${statement.index} ${statement.state} ${outcome(statement)}`,
      )
    }
  }

  #drawStrip(run: WireRun, shown: Shown): void {
    const focused = this.#strip.contains(document.activeElement)
    this.#strip.hidden = false
    const several = run.statements.length > 1
    const item = (id: Shown, title: string, ...children: readonly Child[]): HTMLElement =>
      h(
        'button',
        {
          class: 'studio-result-tab',
          role: 'tab',
          title,
          tabIndex: id === shown ? 0 : -1,
          attributes: { type: 'button', 'aria-selected': String(id === shown), 'data-shown': String(id) },
          on: { click: () => this.#choose({ shown: id, face: undefined }) },
        },
        ...children,
      )
    const limit = 60
    const listed =
      run.statements.length <= limit
        ? run.statements
        : run.statements.filter(({ index }) => index < limit || index === shown)
    replace(
      this.#strip,
      several &&
        item(
          'script',
          'All statements of the script',
          icon('rows'),
          h('span', {}, 'Script'),
          h('small', {}, exactCount(run.statements.length)),
        ),
      ...listed.map(statement => {
        const look = stateLook(statement)
        return item(
          statement.index,
          `${statement.sql.slice(0, 400)}\n\n${look.text} ${outcome(statement)}`,
          h(
            'span',
            { class: `studio-tone-${look.tone}` },
            look.icon === 'spinner' ? spinner(look.text) : icon(look.icon),
          ),
          several && h('small', {}, `${statement.index + 1}`),
          h('span', { class: 'studio-result-label' }, statementLabel(statement)),
          outcome(statement) !== '' &&
            hasRows(statement) &&
            h('small', { class: 'studio-result-count' }, shortCount(statement.rowCount)),
        )
      }),
    )
    const front = this.#strip.querySelector<HTMLElement>('[aria-selected=true]')
    if (several) front?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    if (focused) front?.focus()
  }

  #onStripKey(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const items = [...this.#strip.querySelectorAll<HTMLElement>('[role=tab]')]
    const at = items.indexOf(document.activeElement as HTMLElement)
    if (step === 0 || at === -1) return
    event.preventDefault()
    items[(at + step + items.length) % items.length]?.click()
  }

  #drawBar(run: WireRun, statement: WireStatement, face: Face, viewers: readonly ResultViewer[]): void {
    const look = stateLook(statement)
    const busy = isBusy(statement)
    const notices = statement.notices.length + (run.sessionNote === undefined ? 0 : 1)
    const faceButton = (name: Face, text: string): HTMLElement =>
      h(
        'button',
        {
          attributes: { type: 'button', 'aria-pressed': String(face === name) },
          on: { click: () => this.#choose({ face: name }) },
        },
        text,
      )
    const clock = h('span', { class: 'studio-number' }, timeText(statement))
    const { resultId } = statement
    const name = resultId === undefined ? undefined : this.#options.actions.names.value.get(resultId)
    const focusedLabel = this.#bar.contains(document.activeElement) ? document.activeElement?.textContent : undefined
    replace(
      this.#bar,
      h(
        'div',
        { class: 'studio-faces', role: 'group', label: 'View' },
        ...(hasRows(statement)
          ? viewers.map(({ id, label }) => faceButton(id, label))
          : [faceButton('grid', 'Result')]),
        faceButton('messages', notices === 0 ? 'Messages' : `Messages ${notices}`),
      ),
      h(
        'div',
        { class: `studio-state studio-tone-${look.tone}`, role: 'status' },
        look.icon === 'spinner' ? spinner(look.text) : icon(look.icon),
        h('span', { class: 'studio-number' }, outcome(statement) || look.text),
      ),
      statement.state === 'truncated' &&
        h(
          'span',
          {
            class: 'studio-badge studio-warn',
            title: statement.error?.message ?? 'The result was cut at a limit; the database has more rows',
          },
          'truncated',
        ),
      statement.rolledBack === true && h('span', { class: 'studio-badge', title: rolledBackText }, 'rolled back'),
      statement.state === 'cancelled' &&
        statement.rowCount > 0 &&
        h(
          'span',
          { class: 'studio-badge studio-warn', title: 'Cancelled: these are the rows that had come' },
          'cancelled',
        ),
      statement.state === 'failed' &&
        statement.rowCount > 0 &&
        h('span', { class: 'studio-badge studio-error', title: statement.error?.message ?? '' }, 'failed'),
      h(
        'span',
        {
          class: 'studio-muted studio-time',
          title:
            statement.firstRowsMilliseconds === undefined
              ? ''
              : `First rows after ${Math.round(statement.firstRowsMilliseconds)} ms`,
        },
        clock,
      ),
      hasRows(statement) && statement.byteCount > 0 && h('span', { class: 'studio-muted' }, bytes(statement.byteCount)),
      busy &&
        statement.fraction !== undefined &&
        h('progress', { attributes: { max: '1', value: String(statement.fraction) } }),
      run.sessionNote !== undefined &&
        h('span', { class: 'studio-session-note', title: run.sessionNote }, icon('warning'), 'new session'),
      h('span', { class: 'studio-space' }),
      busy &&
        textButton('Cancel', this.#options.onCancel, {
          icon: 'stop',
          class: 'studio-cancel',
          title: 'Cancel (Escape)',
        }),
      resultId !== undefined && hasRows(statement) && this.#pinButton(resultId),
      resultId !== undefined &&
        hasRows(statement) &&
        iconButton('link', 'Copy a link to this result', () => void this.#options.actions.copyLink(resultId)),
      name !== undefined &&
        textButton(`@${name}`, () => void this.#options.actions.name(resultId ?? ''), {
          title: 'Other statements read these rows by this name',
          disabled: busy,
        }),
      resultId !== undefined &&
        hasRows(statement) &&
        textButton(
          'Use',
          event => openResultMenu(event.currentTarget as HTMLElement, statement, resultId, this.#options.actions),
          {
            icon: 'more',
            title: 'Name, compare, load into a table, share',
            attributes: { 'aria-haspopup': 'menu' },
            disabled: busy,
          },
        ),
      resultId !== undefined &&
        hasRows(statement) &&
        this.#options.actions.mayExport &&
        textButton('Export', () => this.#options.actions.export(statement), {
          icon: 'download',
          title: 'Save as a file',
          disabled: busy,
        }),
    )
    if (focusedLabel !== undefined && focusedLabel !== '') {
      ;[...this.#bar.querySelectorAll('button')].find(button => button.textContent === focusedLabel)?.focus()
    }
    if (busy) this.#busySince = { at: performance.now() - statement.milliseconds, dom: clock }
  }

  #pinButton(resultId: string): HTMLElement {
    const { actions } = this.#options
    void actions.learnPin(resultId)
    const pinned = actions.pins.value.get(resultId) === true
    const label = pinned
      ? 'Unpin: the result may be removed when space is needed'
      : 'Pin: keep this result until it is unpinned'
    const button = iconButton(pinned ? 'unpin' : 'pin', label, () => void actions.togglePin(resultId))
    button.ariaPressed = String(pinned)
    return button
  }

  #showViewer(viewer: ResultViewer, statement: WireStatement, resultId: string, engine: string): void {
    const { sources, actions } = this.#options
    this.#page.hidden = true
    this.#stage.show(viewer, {
      resultId,
      schema: statement.schema ?? { fields: [] },
      source: sources.of(resultId, statement),
      label: statementLabel(statement),
      engine,
      ...(actions.mayExport ? { openExport: () => actions.export(statement) } : {}),
      memory: sources.memory(resultId),
      looks: this.#options.looksOf(this.#key, statement.index),
    })
  }

  #showPage(content: HTMLElement, signature: string): void {
    this.#stage.dom.hidden = true
    this.#page.hidden = false
    if (this.#drawnPage === signature && this.#page.firstElementChild !== null) return
    this.#drawnPage = signature
    const focused = this.#page.contains(document.activeElement)
    replace(this.#page, content)
    if (focused) this.#page.querySelector<HTMLElement>('[tabindex="0"], button')?.focus()
  }
}

function cancelledEmpty(statement: WireStatement): boolean {
  return statement.state === 'cancelled' && statement.rowCount === 0
}

function waiting(text: string): HTMLElement {
  return h('div', { class: 'studio-empty' }, spinner(), h('p', {}, text))
}

/** A statement without rows: what it did, or what it waits for. */
function stateView(statement: WireStatement): HTMLElement {
  const look = stateLook(statement)
  if (look.icon === 'spinner') return waiting('Running …')
  const sentences: Readonly<Record<string, string>> = {
    waiting: 'Waits for the statements before it.',
    skipped: 'Not run, because a statement before it did not succeed.',
    cancelled: 'Cancelled before the first row came.',
  }
  const text = sentences[statement.state] ?? (outcome(statement) || 'Done')
  return h('div', { class: `studio-empty studio-tone-${look.tone}` }, icon(look.icon), h('p', {}, text))
}
