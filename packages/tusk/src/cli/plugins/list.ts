import type { PluginInfo } from '../../plugins/plugins.ts'
import type { Action } from './action.ts'
import { withPlugins } from './with-plugins.ts'

export const run: Action = ({ json }) =>
  withPlugins(async ({ plugins }) => {
    const list = plugins.list()
    if (json) process.stdout.write(`${JSON.stringify(list, null, 2)}\n`)
    else if (list.length === 0)
      process.stdout.write('No plugins. Install one: tusk plugins install NAME; or make one: tusk plugins new NAME\n')
    else {
      const width = Math.max(...list.map(({ id }) => id.length))
      process.stdout.write(list.map(info => `${line(info, width)}\n`).join(''))
    }
    return 0
  })

function line(info: PluginInfo, width: number): string {
  const mark = { running: '✓', disabled: '–', failed: '✗' }[info.state]
  const what = info.error === undefined ? info.description : info.error.message
  return `${mark} ${info.id.padEnd(width)}  ${info.state === 'running' ? 'enabled ' : info.state.padEnd(8)}  ${info.version.padEnd(10)}  ${what}`.trimEnd()
}
