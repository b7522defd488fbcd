import { TuskError } from '../../errors.ts'
import { Home } from '../../home/home.ts'
import { onRecord } from '../on-record.ts'
import { type Action, oneName } from './action.ts'
import { askYes } from './ask.ts'
import { npm } from './npm.ts'
import { withPlugins } from './with-plugins.ts'

export const run: Action = async call => {
  const info = await withPlugins(async ({ plugins }) => plugins.get(oneName(call, 'plugin')))
  if (info.source !== 'installed')
    throw new TuskError('USAGE', `${info.id} was not installed by tusk plugins install.`, {
      detail: `It lies in ${info.folder}.`,
      hint: `tusk plugins disable ${info.id} switches it off.`,
    })
  if (!call.yes && !(await askYes(`Remove ${info.name}? Its data in the state directory stays.`, call.signal))) return 1
  const home = Home.open()
  await onRecord(home, { action: 'plugin.remove', target: info.id }, () =>
    npm(home.path('plugins'), ['uninstall', info.packageName], call.signal),
  )
  process.stdout.write(`${info.id} is removed; its data stays in ${home.path('plugins', `${info.id}.db`)}.\n`)
  return 0
}
