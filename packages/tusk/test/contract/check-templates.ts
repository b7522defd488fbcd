import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TuskPlugin } from '../../src/plugins/plugin.ts'
import { readTemplates, type TemplateFile } from '../../src/server/template-folder.ts'

const ui = (folder: string): string => fileURLToPath(new URL(`../../src/ui/${folder}/`, import.meta.url))

/** Templates of a plugin under the names that the renderer knows them by. */
export function templatesOf({ id, templates }: TuskPlugin): readonly TemplateFile[] {
  return templates === undefined ? [] : readTemplates(fileURLToPath(templates), `plugins/${id}/`)
}

/** What templates extend, include and import, and is not there: templates and macros. A sentence for each. */
export function missingInTemplates(plugin: TuskPlugin): readonly string[] {
  const own = templatesOf(plugin)
  const known = new Map(
    [...readTemplates(ui('templates'), ''), ...readTemplates(ui('components'), 'components/'), ...own].map(
      ({ name, path }) => [name, readFileSync(path, 'utf8')],
    ),
  )
  const problems: string[] = []
  for (const { name, source } of own) {
    for (const [, wanted = ''] of source.matchAll(/\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']/g))
      if (!known.has(wanted)) problems.push(`${name} names the template ${wanted}, which is not there`)
    for (const [, from = '', names = ''] of source.matchAll(
      /\{%-?\s*from\s+["']([^"']+)["']\s+import\s+([^%]+?)-?%\}/g,
    ))
      for (const macro of names.split(',').map(text => text.trim().split(/\s/)[0] ?? ''))
        if (known.has(from) && !new RegExp(`\\{%-?\\s*macro\\s+${macro}\\s*\\(`).test(known.get(from) ?? ''))
          problems.push(`${name} imports ${macro} from ${from}, which has no such macro`)
  }
  return problems
}
