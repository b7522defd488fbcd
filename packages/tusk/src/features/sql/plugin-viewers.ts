import type { TuskPlugin } from '../../plugins/plugin.ts'

/** A viewer of results as the page's props name it: `PluginViewer` of ui/web/result-viewers.ts. */
export interface ViewerProps {
  readonly id: string
  readonly label: string
  readonly icon?: string
  readonly module: string
}

/** What plugins add to the views of a result, with the addresses of their code. */
export function pluginViewers(plugins: readonly TuskPlugin[]): readonly ViewerProps[] {
  return plugins.flatMap(plugin =>
    (plugin.resultViewers ?? []).map(({ id, label, icon, module }) => ({
      id: `${plugin.id}/${id}`,
      label,
      ...(icon === undefined ? {} : { icon }),
      module: `/static/plugins/${plugin.id}/${module.split('/').map(encodeURIComponent).join('/')}`,
    })),
  )
}
