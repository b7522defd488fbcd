import { h, replace, spinner } from '../../../../ui/web/dom.ts'
import type { MountedResultViewer, ResultViewer, ResultViewerProps } from '../../../../ui/web/result-viewers.ts'
import type { StudioApi } from '../studio-api.ts'
import './plan.css'
import { failureBox } from '../failure-box.ts'
import { failureOf } from '../failure-of.ts'
import { createPlanView, type PlanView } from './plan-view.ts'
import { explainOf, readPlan } from './read-plan.ts'

export type PlanApi = Pick<StudioApi, 'history' | 'result'>

/** Looks at the output of EXPLAIN, whoever wrote it, as a tree. */
export function planViewer(api: PlanApi): ResultViewer {
  const isPlan: ResultViewer['accepts'] = schema => explainOf(schema) !== undefined
  return {
    id: 'plan',
    label: 'Plan',
    icon: 'list-tree',
    accepts: isPlan,
    prefers: isPlan,
    mount: (element, props) => mountPlan(element, props, api),
  }
}

function mountPlan(element: HTMLElement, props: ResultViewerProps, api: PlanApi): MountedResultViewer {
  const controller = new AbortController()
  const dom = h('div', { class: 'plan' }, h('p', { class: 'studio-hint' }, spinner(), 'Waiting for the plan …'))
  element.append(dom)
  let view: PlanView | undefined
  void show()
  return {
    focus: () => view?.focus(),
    destroy() {
      controller.abort()
      view?.destroy()
    },
  }

  async function show(): Promise<void> {
    try {
      const plan = await readPlan(props.source, controller.signal)
      if (controller.signal.aborted) return
      if (plan === undefined) {
        replace(
          dom,
          h('p', { class: 'studio-hint' }, 'These rows are no plan that Tusk can read. The grid shows them.'),
        )
        return
      }
      // Whether it was undone is in the result, so that it is known of an old one too.
      const { rolledBack = false } = await api.result(props.resultId, controller.signal)
      if (controller.signal.aborted) return
      view = createPlanView({ plan, rolledBack, props, api })
      replace(dom, view.dom)
    } catch (error) {
      if (!controller.signal.aborted) replace(dom, failureBox(failureOf(error).error))
    }
  }
}
