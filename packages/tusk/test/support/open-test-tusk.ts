import { pino } from 'pino'
import { localActor } from '../../src/auth/actor.ts'
import type { ConnectionConfig } from '../../src/engine/engine.ts'
import { Home } from '../../src/home/home.ts'
import { type OpenTusk, type OpenTuskOptions, openTusk } from '../../src/tusk.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** A whole Tusk with a state directory of its own, closed and removed when the test ends. */
export async function openTestTusk(
  context: { after(fn: () => void | Promise<void>): void },
  options: { readonly directory?: string } & Pick<OpenTuskOptions, 'plugins'> = {},
): Promise<OpenTusk> {
  // Hooks run in the order they were asked for: Tusk closes before its directory is removed.
  let close = async (): Promise<void> => undefined
  context.after(() => close())
  const home = Home.open(options.directory ?? temporaryDirectory(context))
  const open = await openTusk({ home, log: pino({ level: 'silent' }), plugins: options.plugins ?? false })
  let closing: PromiseLike<void> | undefined
  close = async () => {
    closing ??= open[Symbol.asyncDispose]()
    await closing
  }
  return { ...open, [Symbol.asyncDispose]: close }
}

/** Saves a connection and gives its id. */
export async function connect(
  open: OpenTusk,
  engine: string,
  config: ConnectionConfig,
  name = engine,
): Promise<string> {
  return (await open.connections.create(localActor, { name, engine, config })).id
}
