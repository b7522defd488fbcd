import type { Plan, PlanNode } from '../../engine/plan.ts'
import { parsed } from './json.ts'

/** The plan as lines of text, like psql writes it. What came as text stays as it is. */
export function planText(plan: Plan): string {
  const { root } = plan
  if (root === undefined) return plan.source
  const lines = [...linesOf(root, 0)]
  if (plan.planningMilliseconds !== undefined) lines.push(`Planning time: ${plan.planningMilliseconds.toFixed(3)} ms`)
  if (plan.executionMilliseconds !== undefined)
    lines.push(`Execution time: ${plan.executionMilliseconds.toFixed(3)} ms`)
  for (const { name, value } of plan.facts) lines.push(`${name}: ${value}`)
  return lines.join('\n')
}

/** The plan as JSON with indents: the engine's own where it gave some, else our tree. Undefined where there is neither. */
export function planJson(plan: Plan): string | undefined {
  const own = parsed(plan.source)
  if (typeof own === 'object' && own !== null) return JSON.stringify(own, undefined, 2)
  return plan.root === undefined ? undefined : JSON.stringify(plan.root, undefined, 2)
}

function* linesOf(node: PlanNode, depth: number): Generator<string> {
  const indent = '  '.repeat(depth)
  const more = `${indent}${depth === 0 ? '  ' : '      '}`
  if (node.role !== undefined) yield `${indent}${depth === 0 ? '' : '  '}${node.role}`
  const name = [node.operation, node.subject].filter(part => part !== undefined).join(' on ')
  yield `${indent}${depth === 0 ? '' : '->  '}${name}${numbersOf(node)}`
  for (const { name: fact, value } of node.facts) yield `${more}${fact}: ${value}`
  if (node.buffers !== undefined) {
    const { hit, read, dirtied, written, temporary } = node.buffers
    const pages = Object.entries({ hit, read, dirtied, written, temporary }).filter(([, count]) => count > 0)
    if (pages.length > 0) yield `${more}Buffers: ${pages.map(([what, count]) => `${what}=${count}`).join(' ')}`
  }
  for (const child of node.children) yield* linesOf(child, depth + 1)
}

function numbersOf(node: PlanNode): string {
  const guessed = [
    node.cost !== undefined && `cost=${node.cost.toFixed(2)}`,
    node.estimatedRows !== undefined && `rows=${node.estimatedRows}`,
  ].filter(part => part !== false)
  const measured = [
    node.milliseconds !== undefined && `time=${node.milliseconds.toFixed(3)} ms`,
    node.rows !== undefined && `rows=${node.rows}`,
    node.loops !== undefined && `loops=${node.loops}`,
  ].filter(part => part !== false)
  return [
    guessed.length === 0 ? '' : `  (${guessed.join(' ')})`,
    node.loops === 0 ? ' (never run)' : measured.length === 0 ? '' : ` (actual ${measured.join(' ')})`,
  ].join('')
}
