import { onRecord } from '../on-record.ts'
import { type Action, oneName } from './action.ts'
import { withPlugins } from './with-plugins.ts'

export const run: Action = call =>
  withPlugins(async ({ home, plugins }) => {
    const id = oneName(call, 'plugin')
    const info = await onRecord(home, { action: 'plugin.disable', target: id }, () => plugins.disable(id))
    process.stderr.write(
      `${info.id} is ${info.state === 'running' ? 'enabled' : info.state}${info.error === undefined ? '' : `: ${info.error.message}`}. A studio that runs sees it at its next start.\n`,
    )
    return info.state === 'failed' ? 1 : 0
  })
