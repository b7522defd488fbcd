import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A directory of the test's own, removed when the test (or the hook's suite) ends. Hooks run in the order in which they were added, so
 * what works in the directory may still be ending then: what it writes meanwhile goes with this process.
 */
export function temporaryDirectory(context: { after(fn: () => void): void }): string {
  const directory = mkdtempSync(join(tmpdir(), 'tusk-test-'))
  const remove = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 })
  context.after(() => {
    process.once('exit', remove)
    try {
      remove()
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY')) throw error
    }
  })
  return directory
}
