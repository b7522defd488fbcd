import { type Action, oneName } from './action.ts'
import { withPlugins } from './with-plugins.ts'

export const run: Action = call =>
  withPlugins(async ({ plugins }) => {
    const info = plugins.get(oneName(call, 'plugin'))
    if (call.json) {
      process.stdout.write(`${JSON.stringify(info, null, 2)}\n`)
      return 0
    }
    const lines = [
      `${info.name} ${info.version} (${info.id})`,
      ...(info.description === '' ? [] : [info.description]),
      '',
      `State        ${info.state === 'running' ? 'enabled' : info.state}`,
      ...(info.error === undefined ? [] : [`Reason       ${info.error.message}`]),
      ...(info.error?.detail === undefined ? [] : [`             ${info.error.detail}`]),
      ...(info.error?.hint === undefined ? [] : [`             ${info.error.hint}`]),
      `Package      ${info.packageName}`,
      `Folder       ${info.folder}`,
      ...(info.requires === undefined ? [] : [`Needs Tusk   ${info.requires}`]),
      ...(info.href === undefined ? [] : [`Page         ${info.href}`]),
      ...info.provides.map((what, index) => `${label('Adds', index)}${what}`),
      ...info.permissions.map(
        ({ permission, description }, index) => `${label('Permissions', index)}${permission}: ${description}`,
      ),
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
    return 0
  })

function label(text: string, index: number): string {
  return (index === 0 ? text : '').padEnd(13)
}
