import { type Action, oneName } from './action.ts'
import { withPlugins } from './with-plugins.ts'

export const run: Action = call =>
  withPlugins(async ({ plugins }) => {
    const info = await plugins.disable(oneName(call, 'plugin'))
    process.stderr.write(
      `${info.id} is ${info.state === 'running' ? 'enabled' : info.state}${info.error === undefined ? '' : `: ${info.error.message}`}. A studio that runs sees it at its next start.\n`,
    )
    return info.state === 'failed' ? 1 : 0
  })
