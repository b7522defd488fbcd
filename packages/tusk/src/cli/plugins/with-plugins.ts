import { Home } from '../../home/home.ts'
import { type OpenTusk, openTusk } from '../../tusk.ts'
import { commandNames } from '../command-table.ts'

/** Runs `work` with every plugin imported and checked, and none of them started. A studio may be running meanwhile. */
export async function withPlugins<T>(work: (open: OpenTusk) => Promise<T>): Promise<T> {
  process.umask(0o077)
  await using open = await openTusk({ home: Home.open(), scratch: true, commandNames })
  return await work(open)
}
