import type { Command } from './command.ts'

/** What `tusk` can do; each command is loaded when it is called. */
export const commands: Readonly<
  Record<string, { readonly summary: string; load(): Promise<{ readonly command: Command }> }>
> = {
  studio: { summary: 'Open the studio in the browser', load: () => import('./studio.ts') },
  query: { summary: 'Run SQL and write the result', load: () => import('./query.ts') },
  connections: { summary: 'List, add, test and remove saved connections', load: () => import('./connections.ts') },
  plugins: { summary: 'List, install, make and switch plugins', load: () => import('./plugins.ts') },
  auth: { summary: 'Open Tusk to several people, or close it', load: () => import('./auth.ts') },
  users: { summary: 'People who may sign in', load: () => import('./users.ts') },
  groups: { summary: 'Groups of people and what they may do', load: () => import('./groups.ts') },
  config: { summary: 'Show and change settings', load: () => import('./config.ts') },
  features: { summary: 'What this installation has', load: () => import('./features.ts') },
  version: { summary: 'Print the version', load: () => import('./version.ts') },
}

/** Names that no plugin may give to a command of its own. */
export const commandNames: readonly string[] = [...Object.keys(commands), 'help']
