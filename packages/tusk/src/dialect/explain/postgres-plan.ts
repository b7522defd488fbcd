import type { Plan, PlanBuffers, PlanFact, PlanNode } from '../../engine/plan.ts'
import { factText, isObject, type JsonObject, numberOf, parsed } from './json.ts'
import { without } from './own-shares.ts'

/** Rows of EXPLAIN: JSON, of which the tree is made; or lines that are kept as text. */
export function readPostgresPlan(rows: readonly (readonly (string | null)[])[]): Plan | undefined {
  if (rows.length === 0) return undefined
  const source = rows.map(([cell]) => cell ?? '').join('\n')
  const top = /^\s*\[/.test(source) ? parsed(source) : undefined
  const [statement] = Array.isArray(top) ? (top as readonly unknown[]) : []
  if (!isObject(statement) || !isObject(statement.Plan))
    return { analyzed: /\bactual time=|\bactual rows=/.test(source), facts: [], source }
  const planningMilliseconds = numberOf(statement['Planning Time'])
  const executionMilliseconds = numberOf(statement['Execution Time'])
  return {
    root: readNode(statement.Plan, 1, new Map()),
    analyzed: statement.Plan['Actual Loops'] !== undefined,
    ...(planningMilliseconds === undefined ? {} : { planningMilliseconds }),
    ...(executionMilliseconds === undefined ? {} : { executionMilliseconds }),
    facts: factsOf(statement, ofTheStatement),
    source,
  }
}

const ofTheStatement = new Set(['Plan', 'Planning Time', 'Execution Time'])

/** Keys that have a place of their own, or say nothing that the tree does not. */
const ofTheNode = new Set([
  'Node Type',
  'Plans',
  'Relation Name',
  'Schema',
  'Alias',
  'Index Name',
  'CTE Name',
  'Function Name',
  'Join Type',
  'Strategy',
  'Partial Mode',
  'Operation',
  'Parent Relationship',
  'Subplan Name',
  'Parallel Aware',
  'Async Capable',
  'Startup Cost',
  'Total Cost',
  'Plan Rows',
  'Actual Startup Time',
  'Actual Total Time',
  'Actual Rows',
  'Actual Loops',
  'Scan Direction',
  'Inner Unique',
  'Workers',
  'Disabled',
])
/** Shown as numbers of pages. */
const buffers = /^(?:Shared|Local|Temp) (?:Hit|Read|Dirtied|Written) Blocks$/

/** `processes`: how many worked side by side on what is below, so that their times are one stretch of the clock. `scans` finds who reads a CTE. */
function readNode(json: JsonObject, processes: number, ctes: Map<string, number>): PlanNode {
  const launched = numberOf(json['Workers Launched']) ?? 0
  const below = /^Gather/.test(String(json['Node Type'])) ? launched + 1 : processes
  // What fills a CTE comes first among the nodes of its owner, and is read by scans after it.
  const children = childrenOf(json).map(child => readNode(child, below, ctes))
  const loops = numberOf(json['Actual Loops'])
  const perLoop = numberOf(json['Actual Total Time'])
  const milliseconds =
    perLoop === undefined || loops === undefined
      ? undefined
      : (perLoop * loops) / Math.min(processes, Math.max(1, loops))
  const cost = numberOf(json['Total Cost'])
  const rows = numberOf(json['Actual Rows'])
  const estimated = numberOf(json['Plan Rows'])
  const subplan = typeof json['Subplan Name'] === 'string' ? json['Subplan Name'] : undefined
  if (subplan?.startsWith('CTE ') === true && milliseconds !== undefined) ctes.set(subplan.slice(4), milliseconds)
  const filled = typeof json['CTE Name'] === 'string' ? ctes.get(json['CTE Name']) : undefined
  // Whoever reads a CTE first waits for it; its owner, who has it below, does not wait again.
  if (filled !== undefined) ctes.set(String(json['CTE Name']), 0)
  const inputs = children.filter(child => child.role?.startsWith('CTE ') !== true)
  const ownMilliseconds = without(milliseconds, [...inputs.map(child => child.milliseconds), filled])
  const ownCost = without(
    cost,
    children.map(child => child.cost),
  )
  const pages = buffersOf(json)
  return {
    operation: operationOf(json),
    ...optional('subject', subjectOf(json)),
    ...optional('role', subplan ?? (json['Parent Relationship'] === 'InitPlan' ? 'InitPlan' : undefined)),
    ...optional('estimatedRows', estimated === undefined ? undefined : estimated * Math.max(1, loops ?? 1)),
    ...optional('rows', rows === undefined || loops === undefined ? undefined : rows * loops),
    ...optional('loops', loops),
    ...optional('milliseconds', milliseconds),
    ...optional('ownMilliseconds', ownMilliseconds),
    ...optional('cost', cost),
    ...optional('ownCost', ownCost),
    ...optional('buffers', pages),
    warnings: warningsOf(json),
    facts: factsOf(json, ofTheNode),
    children,
  }
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [name in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [name in Key]?: Value })
}

function childrenOf(json: JsonObject): readonly JsonObject[] {
  return Array.isArray(json.Plans) ? (json.Plans as readonly unknown[]).filter(isObject) : []
}

/** As EXPLAIN writes it as text: `Parallel Hash Left Join`, `Partial HashAggregate`. */
function operationOf(json: JsonObject): string {
  const type = String(json['Node Type'])
  const join = String(json['Join Type'] ?? 'Inner')
  const strategy = String(json.Strategy ?? '')
  let name = type
  if (type === 'Aggregate')
    name = { Hashed: 'HashAggregate', Sorted: 'GroupAggregate', Mixed: 'MixedAggregate' }[strategy] ?? 'Aggregate'
  else if (type === 'SetOp' && strategy === 'Hashed') name = 'HashSetOp'
  else if (type === 'ModifyTable') name = String(json.Operation ?? type)
  else if (join !== 'Inner')
    name = type === 'Nested Loop' ? `Nested Loop ${join} Join` : type.replace(/ ?Join$/, ` ${join} Join`)
  if (json['Scan Direction'] === 'Backward') name += ' Backward'
  const mode = json['Partial Mode']
  if (mode === 'Partial' || mode === 'Finalize') name = `${mode} ${name}`
  return json['Parallel Aware'] === true ? `Parallel ${name}` : name
}

function subjectOf(json: JsonObject): string | undefined {
  const relation = json['Relation Name'] ?? json['CTE Name'] ?? json['Function Name']
  const { Alias: alias, Schema: schema, 'Index Name': index } = json
  const named = relation === undefined ? undefined : schema === undefined ? String(relation) : `${schema}.${relation}`
  const called = named === undefined || alias === undefined || alias === relation ? named : `${named} ${alias}`
  if (index === undefined) return called ?? (alias === undefined ? undefined : String(alias))
  return called === undefined ? String(index) : `${called} by ${index}`
}

function buffersOf(json: JsonObject): PlanBuffers | undefined {
  if (json['Shared Hit Blocks'] === undefined) return undefined
  const pages = (what: string): number =>
    (numberOf(json[`Shared ${what} Blocks`]) ?? 0) + (numberOf(json[`Local ${what} Blocks`]) ?? 0)
  return {
    hit: pages('Hit'),
    read: pages('Read'),
    dirtied: pages('Dirtied'),
    written: pages('Written'),
    temporary: (numberOf(json['Temp Read Blocks']) ?? 0) + (numberOf(json['Temp Written Blocks']) ?? 0),
  }
}

function warningsOf(json: JsonObject): readonly string[] {
  const warnings: string[] = []
  const loops = Math.max(1, numberOf(json['Actual Loops']) ?? 1)
  const kept = (numberOf(json['Actual Rows']) ?? 0) * loops
  const removed = (numberOf(json['Rows Removed by Filter']) ?? 0) * loops
  if (json['Sort Space Type'] === 'Disk')
    warnings.push(`The sort did not fit into memory and used ${json['Sort Space Used']} kB on disk.`)
  if ((numberOf(json['Hash Batches']) ?? 1) > 1)
    warnings.push(`The hash table did not fit into memory: it was worked on in ${json['Hash Batches']} parts.`)
  if ((numberOf(json['Lossy Heap Blocks']) ?? 0) > 0)
    warnings.push('The bitmap did not fit into memory, so whole pages were looked at again.')
  if (removed >= 1_000 && removed > 10 * kept)
    warnings.push(`${removed.toLocaleString('en-US')} rows were read and thrown away by the filter.`)
  const [planned, launched] = [numberOf(json['Workers Planned']), numberOf(json['Workers Launched'])]
  if (planned !== undefined && launched !== undefined && launched < planned)
    warnings.push(`${launched} of ${planned} planned workers were there.`)
  return warnings
}

function factsOf(json: JsonObject, known: ReadonlySet<string>): readonly PlanFact[] {
  return Object.entries(json).flatMap(([name, value]) => {
    if (known.has(name) || buffers.test(name) || (Array.isArray(value) && value.length === 0)) return []
    return [{ name, value: factText(value) }]
  })
}
