import type { Plan, PlanFact, PlanNode } from '../../engine/plan.ts'
import { factText, isObject, type JsonObject, numberOf, parsed } from './json.ts'

/** `explain_key`, `explain_value`: the physical plan, or with ANALYZE the analyzed one. JSON becomes a tree, boxes stay text. */
export function readDuckdbPlan(rows: readonly (readonly (string | null)[])[]): Plan | undefined {
  const row = rows.find(([key]) => key === 'physical_plan' || key === 'analyzed_plan') ?? rows.at(-1)
  const source = row?.[1]
  if (source === undefined || source === null) return undefined
  const analyzed = row?.[0] === 'analyzed_plan'
  const text: Plan = { analyzed, facts: [], source }
  const top = /^\s*[[{]/.test(source) ? parsed(source) : undefined
  const [root] =
    analyzed && isObject(top) ? withoutExplain(childrenOf(top)) : Array.isArray(top) ? (top as unknown[]) : []
  if (!isObject(root)) return text
  const latency = isObject(top) ? numberOf(top.latency) : undefined
  return {
    ...text,
    root: readNode(root),
    ...(latency === undefined ? {} : { executionMilliseconds: latency * 1_000 }),
    facts: isObject(top) ? wholeFacts(top) : [],
  }
}

/** The operator that does the explaining is none of the plan. */
function withoutExplain(nodes: readonly JsonObject[]): readonly JsonObject[] {
  return nodes.flatMap(node => (node.operator_type === 'EXPLAIN_ANALYZE' ? childrenOf(node) : [node]))
}

function childrenOf(json: JsonObject): readonly JsonObject[] {
  return Array.isArray(json.children) ? (json.children as readonly unknown[]).filter(isObject) : []
}

/** Times are of the operator alone, summed over its threads. */
function readNode(json: JsonObject): PlanNode {
  const children = childrenOf(json).map(readNode)
  const info = isObject(json.extra_info) ? json.extra_info : {}
  const seconds = numberOf(json.operator_timing)
  const estimatedRows = numberOf(info['Estimated Cardinality'])
  const rows = numberOf(json.operator_cardinality)
  const subject = [info.Table, info['CTE Name'], info.Function].find(name => typeof name === 'string' && name !== '')
  const own = seconds === undefined ? undefined : seconds * 1_000
  return {
    operation: String(json.operator_name ?? json.name ?? json.operator_type ?? '').trim(),
    ...(subject === undefined ? {} : { subject: String(subject) }),
    ...(estimatedRows === undefined ? {} : { estimatedRows }),
    ...(rows === undefined ? {} : { rows }),
    ...(own === undefined
      ? {}
      : {
          ownMilliseconds: own,
          milliseconds: children.reduce((sum, child) => sum + (child.milliseconds ?? 0), own),
        }),
    warnings: [],
    facts: nodeFacts(json, info),
    children,
  }
}

const inItsPlace = new Set(['Table', 'CTE Name', 'Function', 'Estimated Cardinality'])

function nodeFacts(json: JsonObject, info: JsonObject): readonly PlanFact[] {
  const facts = Object.entries(info).flatMap(([name, value]) =>
    inItsPlace.has(name) || value === '' ? [] : [{ name, value: factText(value) }],
  )
  const scanned = numberOf(json.operator_rows_scanned) ?? 0
  return scanned === 0 ? facts : [...facts, { name: 'Rows scanned', value: scanned.toLocaleString('en-US') }]
}

function wholeFacts(json: JsonObject): readonly PlanFact[] {
  const [cpu, memory, spilled] = [json.cpu_time, json.system_peak_buffer_memory, json.system_peak_temp_dir_size].map(
    numberOf,
  )
  return [
    ...(cpu === undefined ? [] : [{ name: 'Time of all threads', value: `${(cpu * 1_000).toFixed(3)} ms` }]),
    ...(memory === undefined ? [] : [{ name: 'Memory at most', value: `${memory.toLocaleString('en-US')} bytes` }]),
    ...(spilled === undefined || spilled === 0
      ? []
      : [{ name: 'Spilled to disk', value: `${spilled.toLocaleString('en-US')} bytes` }]),
  ]
}
