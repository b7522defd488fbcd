import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TuskError } from '../../errors.ts'

/**
 * Runs npm in a folder of packages. Scripts of packages never run, folders are copied and not linked, peers (Tusk itself) are not fetched,
 * no address but the registry's is asked. USAGE when there is no npm, PLUGIN_FAILED with npm's own words when it fails. Aborting ends npm.
 */
export async function npm(folder: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const manifest = join(folder, 'package.json')
  if (!existsSync(manifest))
    await writeFile(manifest, `${JSON.stringify({ name: 'tusk-plugins', private: true }, null, 2)}\n`, { mode: 0o600 })
  const windows = process.platform === 'win32'
  const child = spawn(
    windows ? 'npm.cmd' : 'npm',
    [
      ...args,
      '--prefix',
      folder,
      '--ignore-scripts',
      '--install-links',
      '--legacy-peer-deps',
      '--no-audit',
      '--no-fund',
      '--no-update-notifier',
      '--loglevel=error',
    ],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: windows,
      signal,
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  )
  let output = ''
  let problems = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    problems += text
  })
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject).once('close', resolve)
  try {
    const code = await promise
    if (code === 0) return output
    throw new TuskError('PLUGIN_FAILED', `npm ${args[0]} failed.`, {
      detail: problems.trim().split('\n').slice(-8).join('\n') || `It ended with ${code}.`,
      hint: 'Without a network install from a file: tusk plugins install plugin.tgz',
    })
  } catch (error) {
    if (signal.aborted) throw new TuskError('QUERY_CANCELLED', 'Interrupted.', { cause: error })
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new TuskError('USAGE', 'There is no npm on this machine.', { hint: 'It comes with Node.', cause: error })
    throw error
  }
}
