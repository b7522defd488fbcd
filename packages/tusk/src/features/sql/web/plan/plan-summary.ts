import type { Plan } from '../../../../engine/plan.ts'
import { planTime, rowsText } from './plan-numbers.ts'

/** The whole in a few words: `Execution 12.4 ms · Planning 0.2 ms`. */
export function planSummary(plan: Plan): string {
  const { executionMilliseconds: execution, planningMilliseconds: planning, root } = plan
  return [
    execution !== undefined && `Execution ${planTime(execution)}`,
    planning !== undefined && `Planning ${planTime(planning)}`,
    !plan.analyzed && root?.cost !== undefined && `Cost ${rowsText(root.cost)}`,
    !plan.analyzed && 'Not run: numbers are guesses',
  ]
    .filter(Boolean)
    .join(' · ')
}

/** How a plan stands against an earlier one: `3.2 × faster`, `cost 40 % lower`. Undefined where they cannot be compared. */
export function planDifference(earlier: Plan, now: Plan): string | undefined {
  const [before, after] = [earlier.executionMilliseconds, now.executionMilliseconds]
  if (before !== undefined && after !== undefined && before > 0 && after > 0) {
    const factor = before / after
    if (factor > 0.95 && factor < 1.05) return 'as fast as before'
    return factor > 1 ? `${factor.toFixed(1)} × faster` : `${(1 / factor).toFixed(1)} × slower`
  }
  const [costBefore, costAfter] = [earlier.root?.cost, now.root?.cost]
  if (costBefore === undefined || costAfter === undefined || costBefore === 0) return undefined
  const change = (costAfter - costBefore) / costBefore
  return Math.abs(change) < 0.005
    ? 'the same cost'
    : `cost ${Math.abs(change * 100).toFixed(0)} % ${change < 0 ? 'lower' : 'higher'}`
}
