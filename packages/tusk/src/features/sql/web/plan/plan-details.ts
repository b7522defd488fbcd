import type { PlanMeasures } from '../../../../dialect/explain/plan-measures.ts'
import type { PlanNode } from '../../../../engine/plan.ts'
import { h } from '../../../../ui/web/dom.ts'
import { icon } from '../../../../ui/web/icons.ts'
import { buffersTitle, estimateText, planTime, rowsText } from './plan-numbers.ts'

/** All that is known of one node. */
export function planDetails(node: PlanNode, measures: PlanMeasures): readonly HTMLElement[] {
  const factor = measures.nodes.get(node)?.estimateFactor
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Time with what is below', node.milliseconds === undefined ? undefined : planTime(node.milliseconds)],
    ['Rows', node.rows === undefined ? undefined : rowsText(node.rows)],
    ['Expected rows', node.estimatedRows === undefined ? undefined : rowsText(node.estimatedRows)],
    ['Estimate', factor === undefined ? undefined : (estimateText(factor) ?? 'as expected')],
    ['Runs', node.loops === undefined ? undefined : rowsText(node.loops)],
    ['Cost', node.cost === undefined ? undefined : node.cost.toFixed(2)],
    ['Pages', node.buffers && buffersTitle(node.buffers)],
    ...node.facts.map(({ name, value }) => [name, value] as const),
  ]
  return [
    h('h3', {}, [node.operation, node.subject].filter(Boolean).join(' on ')),
    ...node.warnings.map(warning => h('p', { class: 'plan-details-warning' }, icon('warning'), h('span', {}, warning))),
    h(
      'dl',
      {},
      ...facts.flatMap(([name, value]) => (value === undefined ? [] : [h('dt', {}, name), h('dd', {}, value)])),
    ),
  ]
}
