import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A directory of its own with `file` in it, made by the script; gone when disposed. */
export function temporaryDatabase(script: string): { readonly directory: string; readonly file: string } & Disposable {
  const directory = mkdtempSync(join(tmpdir(), 'tusk-sqlite-'))
  const file = join(directory, 'test.db')
  const database = new DatabaseSync(file)
  database.exec(script)
  database.close()
  return { directory, file, [Symbol.dispose]: () => rmSync(directory, { recursive: true }) }
}
