import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export interface CommandResult {
  readonly code: number | null
  readonly out: string
  readonly bytes: Buffer
  readonly err: string
}

/** Runs `tusk …` in a state directory of the test's own. `during` gets the process, to signal it. */
export async function tusk(
  home: string,
  args: readonly string[],
  options: {
    readonly input?: string
    readonly during?: (child: ReturnType<typeof spawn>) => Promise<void> | void
  } = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, TUSK_HOME: home },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const out: Buffer[] = []
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  child.stdin.on('error', () => undefined) // A command that does not read its input may be gone.
  child.stdin.end(options.input ?? '')
  const closed = once(child, 'close')
  await options.during?.(child)
  await closed
  const bytes = Buffer.concat(out)
  return { code: child.exitCode, out: bytes.toString('utf8'), bytes, err }
}
