import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

/** The private temporary directories of hosts: `<state>/tmp/host-<parent's pid>-<random>`. */
export class HostDirectories {
  /** Shared by all hosts. */
  readonly compileCache: string
  readonly #parent: string

  constructor(stateDirectory: string) {
    this.compileCache = join(stateDirectory, 'cache', 'compiled')
    this.#parent = join(stateDirectory, 'tmp')
    mkdirSync(this.#parent, { recursive: true, mode: 0o700 })
  }

  create(): string {
    const directory = join(this.#parent, `host-${process.pid}-${randomBytes(6).toString('hex')}`)
    mkdirSync(directory, { mode: 0o700 })
    return directory
  }

  async remove(directory: string): Promise<void> {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 })
  }

  /** Removes what hosts of a Tusk that is gone have left. */
  async sweep(): Promise<void> {
    const left = readdirSync(this.#parent).filter(name => {
      const owner = /^host-(\d+)-[0-9a-f]+$/.exec(name)?.[1]
      return owner !== undefined && !isAlive(Number(owner))
    })
    await Promise.all(left.map(name => this.remove(join(this.#parent, name))))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, but somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
