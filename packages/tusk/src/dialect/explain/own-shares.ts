import type { PlanNode } from '../../engine/plan.ts'

/** What a node takes without the nodes below it; never less than nothing, as times are measured with their own error. */
export function without(total: number | undefined, parts: readonly (number | undefined)[]): number | undefined {
  if (total === undefined) return undefined
  return Math.max(0, total - parts.reduce<number>((sum, part) => sum + (part ?? 0), 0))
}

/** Every node, parents first. */
export function* nodesOf(root: PlanNode): Generator<PlanNode> {
  yield root
  for (const child of root.children) yield* nodesOf(child)
}
