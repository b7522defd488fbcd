import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export interface StudioProcess {
  /** `http://127.0.0.1:…` */
  readonly address: string
  readonly pid: number
  /** Milliseconds from the start of the process to the printed address. */
  readonly startedIn: number
  readonly child: ChildProcess
  /** SIGTERM, and the exit code it ends with. */
  stop(): Promise<number | null>
  /** The plug pulled. */
  kill(): Promise<void>
}

/** A real `tusk studio` in a process and state directory of its own, on a free port; ended when the test ends. */
export async function startStudioProcess(
  context: { after(fn: () => void | Promise<void>): void },
  options: {
    readonly home: string
    readonly arguments?: readonly string[]
    readonly environment?: Readonly<Record<string, string>>
    readonly port?: number
  },
): Promise<StudioProcess> {
  const began = performance.now()
  const child = spawn(
    process.execPath,
    [main, 'studio', '--port', String(options.port ?? 0), '--no-open', ...(options.arguments ?? [])],
    {
      env: { ...process.env, ...options.environment, TUSK_HOME: options.home },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let printed = ''
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    const address = /Tusk is at (\S+)/.exec(printed)?.[1]
    if (address !== undefined) resolve(address)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  child.once('exit', code => reject(new Error(`the studio ended with ${code}: ${printed}`)))
  const ended = once(child, 'exit').then(() => child.exitCode)
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    return ended
  }
  context.after(async () => {
    await stop()
  })
  const address = await promise
  return {
    address,
    pid: child.pid ?? 0,
    startedIn: performance.now() - began,
    child,
    stop,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
