import { constants, mkdirSync, readdirSync } from 'node:fs'
import { type FileHandle, lstat, open, readdir, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { TuskError } from '../errors.ts'

export interface ExportedFile {
  readonly name: string
  readonly size: number
  /** Milliseconds since 1970. */
  readonly changedAt: number
}

/** The folder of each person that their SQL may write files into: `exports/<id>`. Every member shows one person what is theirs. */
export class ExportFolders {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Path of the folder, which is there then. */
  of(personId: string): string {
    if (!/^[\w-]{1,64}$/.test(personId)) throw new TuskError('INTERNAL', 'This is no id of a person.')
    const folder = join(this.#directory, personId)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return folder
  }

  /** Newest first. */
  async list(personId: string): Promise<readonly ExportedFile[]> {
    const folder = this.of(personId)
    const files: ExportedFile[] = []
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isFile()) continue
      const found = await lstat(join(folder, entry.name)).catch(gone)
      if (found !== undefined) files.push({ name: entry.name, size: found.size, changedAt: found.mtimeMs })
    }
    return files.sort((one, other) => other.changedAt - one.changedAt)
  }

  /** NOT_FOUND for a name that is no file of theirs. The caller closes it. */
  async open(personId: string, name: string): Promise<FileHandle> {
    const path = this.#path(personId, name)
    // NONBLOCK: whatever lies there must not hold us.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
    const file = await open(path, flags).catch(gone)
    if (file === undefined) throw noFile()
    if ((await file.stat()).isFile()) return file
    await file.close()
    throw noFile()
  }

  /** NOT_FOUND for a name that is no file of theirs. */
  async remove(personId: string, name: string): Promise<void> {
    const path = this.#path(personId, name)
    if ((await lstat(path).catch(gone))?.isFile() !== true) throw noFile()
    await unlink(path).catch(gone)
  }

  count(personId: string): number {
    return readdirSync(this.of(personId), { withFileTypes: true }).filter(entry => entry.isFile()).length
  }

  async removeAll(personId: string): Promise<void> {
    await rm(this.of(personId), { recursive: true, force: true, maxRetries: 3 })
  }

  #path(personId: string, name: string): string {
    if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) throw noFile()
    return join(this.of(personId), name)
  }
}

function noFile(): TuskError {
  return new TuskError('NOT_FOUND', 'There is no such file.')
}

/** What is not there, or is a link, is nothing. */
function gone(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined
  throw error
}
