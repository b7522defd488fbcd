import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory of the test's own, removed when the test (or the hook's suite) ends. */
export function temporaryDirectory(context: { after(fn: () => void): void }): string {
  const directory = mkdtempSync(join(tmpdir(), 'tusk-test-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
