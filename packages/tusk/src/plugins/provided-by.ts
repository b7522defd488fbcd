import type { TuskPlugin } from './plugin.ts'

/** What a plugin adds, in words for people: `page Hello`, `engine DuckLake`, `2 datasets`. */
export function providedBy(plugin: TuskPlugin): readonly string[] {
  const id = plugin.id.replaceAll('-', '_')
  return [
    ...(plugin.tab === undefined ? [] : [`page ${plugin.tab.label}`]),
    ...(plugin.engines ?? []).map(({ label }) => `engine ${label}`),
    ...(plugin.exporters ?? []).map(({ label }) => `export ${label}`),
    ...(plugin.steps ?? []).map(({ label }) => `pipeline step ${label}`),
    ...(plugin.datasets ?? []).map(({ name }) => `dataset plugin_${id}.${name}`),
    ...(plugin.resultViewers ?? []).map(({ label }) => `result view ${label}`),
    ...(plugin.commands ?? []).map(({ name }) => `command tusk ${name}`),
    ...(plugin.jobs ?? []).map(({ label, schedule }) => `job ${label} (${schedule})`),
    ...(plugin.notifications ?? []).map(({ label }) => `notification ${label}`),
  ]
}
