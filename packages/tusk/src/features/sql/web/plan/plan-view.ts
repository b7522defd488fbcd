import { planMeasures } from '../../../../dialect/explain/plan-measures.ts'
import { planJson, planText } from '../../../../dialect/explain/plan-text.ts'
import type { Plan } from '../../../../engine/plan.ts'
import { h, iconButton, replace, textButton } from '../../../../ui/web/dom.ts'
import { icon } from '../../../../ui/web/icons.ts'
import type { ResultViewerProps } from '../../../../ui/web/result-viewers.ts'
import { failureOf } from '../failure-of.ts'
import { popup } from '../popup.ts'
import { copyText, tellFailure } from '../tell.ts'
import { type EarlierPlan, earlierPlans, loadPlan } from './earlier-plans.ts'
import { planDetails } from './plan-details.ts'
import { planDifference, planSummary } from './plan-summary.ts'
import { createPlanTree, type PlanTree } from './plan-tree.ts'
import type { PlanApi } from './plan-viewer.ts'

export interface PlanViewOptions {
  readonly plan: Plan
  /** The statement was carried out and undone. */
  readonly rolledBack: boolean
  readonly props: ResultViewerProps
  readonly api: PlanApi
}

export interface PlanView {
  readonly dom: HTMLElement
  focus(): void
  destroy(): void
}

type Face = 'tree' | 'text' | 'json'

/** At most this many are offered for comparison. */
const mostEarlier = 15

/** A plan as tree, text and JSON, alone or beside an earlier one. */
export function createPlanView({ plan, rolledBack, props, api }: PlanViewOptions): PlanView {
  const controller = new AbortController()
  const { signal } = controller
  const { memory, resultId } = props
  const faces: readonly (readonly [Face, string])[] = [
    ...(plan.root === undefined ? [] : ([['tree', 'Tree']] as const)),
    ['text', 'Text'],
    ...(planJson(plan) === undefined ? [] : ([['json', 'JSON']] as const)),
  ]
  let face = (memory.get('plan face') as Face | undefined) ?? faces[0]![0]
  let earlier = memory.get('plan beside') as { readonly plan: Plan; readonly label: string } | undefined
  let main: PlanTree | undefined
  const bar = h('div', { class: 'plan-bar-top', role: 'toolbar', label: 'Plan' })
  const body = h('div', { class: 'plan-body' })
  const dom = h('div', { class: 'plan-view' }, bar, body)
  draw()
  return {
    dom,
    focus: () => (main === undefined ? body.querySelector<HTMLElement>('[tabindex="0"]')?.focus() : main.focus()),
    destroy: () => controller.abort(),
  }

  function draw(): void {
    drawBar()
    main = undefined
    dom.classList.toggle('plan-compared', earlier !== undefined)
    if (earlier === undefined) {
      replace(body, ...panes(plan, 'Plan'))
      return
    }
    const difference = planDifference(earlier.plan, plan)
    replace(
      body,
      h(
        'section',
        { class: 'plan-side', label: 'Earlier plan' },
        h(
          'header',
          {},
          h('b', {}, 'Earlier'),
          h('span', { class: 'plan-side-label', title: earlier.label }, earlier.label),
          iconButton('close', 'Close the earlier plan', () => compare(undefined)),
        ),
        h('p', { class: 'plan-summary' }, planSummary(earlier.plan)),
        ...panes(earlier.plan, 'Earlier plan'),
      ),
      h(
        'section',
        { class: 'plan-side', label: 'This plan' },
        h(
          'header',
          {},
          h('b', {}, 'This one'),
          difference !== undefined && h('span', { class: 'studio-badge plan-difference' }, difference),
        ),
        h('p', { class: 'plan-summary' }, planSummary(plan)),
        ...panes(plan, 'Plan'),
      ),
    )
  }

  function drawBar(): void {
    const focused = bar.contains(document.activeElement) ? document.activeElement?.textContent : undefined
    replace(
      bar,
      h(
        'div',
        { class: 'studio-faces', role: 'group', label: 'Show as' },
        ...faces.map(([id, label]) =>
          h(
            'button',
            {
              attributes: { type: 'button', 'aria-pressed': String(face === id) },
              on: { click: () => choose(id) },
            },
            label,
          ),
        ),
      ),
      earlier === undefined && h('span', { class: 'plan-summary' }, planSummary(plan)),
      rolledBack && h('span', { class: 'plan-note' }, icon('undo'), 'Ran and was rolled back: nothing was changed'),
      h('span', { class: 'studio-space' }),
      face !== 'tree' && iconButton('copy', 'Copy', () => void copyText(textOf(plan), 'Copied the plan')),
      textButton('Compare', event => void offer(event.currentTarget as HTMLElement), {
        icon: 'compare',
        class: 'btn-ghost',
        title: 'Put an earlier plan beside this one',
      }),
    )
    if (focused) [...bar.querySelectorAll('button')].find(button => button.textContent === focused)?.focus()
  }

  function panes(shown: Plan, label: string): readonly HTMLElement[] {
    if (face !== 'tree' || shown.root === undefined)
      return [h('pre', { class: 'plan-text', tabIndex: 0, label: `${label} as ${face}` }, textOf(shown))]
    const measures = planMeasures(shown)
    const details = h('aside', { class: 'plan-details', label: `${label}: details` })
    const tree = createPlanTree({
      plan: shown,
      measures,
      label,
      onSelect: node => replace(details, ...planDetails(node, measures)),
    })
    if (shown === plan) main = tree
    const facts = shown.facts.map(({ name, value }) => h('p', {}, h('b', {}, `${name} `), value))
    return [
      h(
        'div',
        { class: 'plan-panes' },
        h('div', { class: 'plan-scroller' }, tree.dom, facts.length > 0 && h('div', { class: 'plan-facts' }, ...facts)),
        details,
      ),
    ]
  }

  function textOf(shown: Plan): string {
    return face === 'json' ? (planJson(shown) ?? planText(shown)) : planText(shown)
  }

  function choose(chosen: Face): void {
    face = chosen
    memory.set('plan face', chosen)
    draw()
  }

  async function offer(anchor: HTMLElement): Promise<void> {
    try {
      const plans = (await earlierPlans(api, resultId, signal)).slice(0, mostEarlier)
      popup(
        anchor,
        'Compare with an earlier plan',
        plans.length === 0
          ? [{ label: 'No earlier plan in the history', disabled: true, run: () => {} }]
          : plans.map(one => ({ label: one.label, run: () => void load(one) })),
      )
    } catch (error) {
      if (!signal.aborted) tellFailure(failureOf(error), 'The history cannot be read')
    }
  }

  async function load({ resultId: id, label }: EarlierPlan): Promise<void> {
    try {
      const loaded = await loadPlan(api, id, signal)
      if (loaded !== undefined) compare({ plan: loaded, label })
    } catch (error) {
      if (!signal.aborted) tellFailure(failureOf(error), 'The earlier plan cannot be shown')
    }
  }

  function compare(other: typeof earlier): void {
    earlier = other
    if (other === undefined) memory.delete('plan beside')
    else memory.set('plan beside', other)
    draw()
  }
}
