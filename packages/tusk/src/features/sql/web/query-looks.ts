import type { QueryLook } from '../../../ui/web/result-viewers.ts'
import type { StudioApi } from './studio-api.ts'
import type { Tabs } from './tabs.ts'

/** How the rows of a tab's statement are looked at; statements of a script are told apart by their place in it. */
export function queryLookOf(
  api: Pick<StudioApi, 'queryLook' | 'keepQueryLook'>,
  tabs: Tabs,
  key: string | undefined,
  statement: number,
): QueryLook | undefined {
  const query = (): { readonly tab: string; readonly saved?: string } | undefined => {
    const tab = tabs.get(key)
    if (tab === undefined || tab.id === null) return undefined
    return { tab: tab.id, ...(tab.savedQueryId === null ? {} : { saved: tab.savedQueryId }) }
  }
  const named = (name: string): string => (statement === 0 ? name : `${name} ${statement}`)
  return {
    async read(name) {
      const of = query()
      if (of === undefined) return null
      try {
        return JSON.parse((await api.queryLook(of, named(name))) ?? 'null') as unknown
      } catch {
        return null // the viewer begins as if nothing was kept
      }
    },
    keep(name, value) {
      const of = query()
      if (of !== undefined) void api.keepQueryLook(of, named(name), JSON.stringify(value)).catch(() => undefined)
    },
  }
}
