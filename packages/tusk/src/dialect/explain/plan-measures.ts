import type { Plan, PlanNode } from '../../engine/plan.ts'
import { nodesOf } from './own-shares.ts'

/** What a person wants to see first of a plan: where it goes, and where the planner was wrong. */
export interface PlanMeasures {
  /** What the shares are shares of; undefined where the engine says neither. */
  readonly basis: 'time' | 'cost' | undefined
  readonly nodes: ReadonlyMap<PlanNode, NodeMeasures>
  /** The node that takes most by itself. */
  readonly hottest: PlanNode | undefined
}

export interface NodeMeasures {
  /** Of the whole plan, 0…1, without what is below. */
  readonly share?: number
  /** How many times more rows (above 1) or fewer (below 1) came than the planner thought. Both count as at least one. */
  readonly estimateFactor?: number
  /** On the way from the top to the node that takes most. */
  readonly isHot: boolean
}

export function planMeasures(plan: Plan): PlanMeasures {
  const { root } = plan
  const nodes = new Map<PlanNode, NodeMeasures>()
  if (root === undefined) return { basis: undefined, nodes, hottest: undefined }
  const all = [...nodesOf(root)]
  const basis = all.some(node => node.ownMilliseconds !== undefined)
    ? 'time'
    : all.some(node => node.ownCost !== undefined)
      ? 'cost'
      : undefined
  const own = (node: PlanNode): number => (basis === 'time' ? node.ownMilliseconds : node.ownCost) ?? 0
  const total = all.reduce((sum, node) => sum + own(node), 0)
  const hottest = total === 0 ? undefined : all.reduce((best, node) => (own(node) > own(best) ? node : best))
  const hot = hottest === undefined ? [] : pathTo(root, hottest)
  for (const node of all) {
    const factor = estimateFactor(node)
    nodes.set(node, {
      ...(basis === undefined || total === 0 ? {} : { share: own(node) / total }),
      ...(factor === undefined ? {} : { estimateFactor: factor }),
      isHot: hot.includes(node),
    })
  }
  return { basis, nodes, hottest }
}

function estimateFactor({ rows, estimatedRows, loops }: PlanNode): number | undefined {
  if (rows === undefined || estimatedRows === undefined || loops === 0) return undefined
  return Math.max(1, rows) / Math.max(1, estimatedRows)
}

function pathTo(from: PlanNode, wanted: PlanNode): readonly PlanNode[] {
  if (from === wanted) return [from]
  for (const child of from.children) {
    const path = pathTo(child, wanted)
    if (path.length > 0) return [from, ...path]
  }
  return []
}
