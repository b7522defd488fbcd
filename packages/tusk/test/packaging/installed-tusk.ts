import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** npm and the commands it installs, run by this Node, in a folder outside of the workspace. */
export class InstalledTusk {
  readonly folder: string
  readonly home: string

  constructor(folder: string) {
    this.folder = folder
    this.home = join(folder, 'state')
    writeFileSync(join(folder, 'package.json'), '{"name":"somebody","private":true}\n')
  }

  /** Scripts of packages never run; what is in npm's cache is not fetched. */
  async install(...packages: readonly string[]): Promise<void> {
    const { code, err } = await this.npm(
      this.folder,
      'install',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      ...packages,
    )
    if (code !== 0) throw new Error(`npm install: ${err}`)
  }

  npm(folder: string, ...args: readonly string[]): Promise<Outcome> {
    return this.#run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, folder)
  }

  /** `npx tusk …` */
  tusk(...args: readonly string[]): Promise<Outcome> {
    return this.#run(process.platform === 'win32' ? 'npx.cmd' : 'npx', ['--no-install', 'tusk', ...args])
  }

  /** `tusk studio` on a free port; ends with `stop`. */
  async studio(...args: readonly string[]): Promise<{ readonly address: string; stop(): Promise<number | null> }> {
    const child = spawn(
      process.execPath,
      [join(this.folder, 'node_modules/tuskdata/bin/tusk.mjs'), 'studio', '--port', '0', '--no-open', ...args],
      { cwd: this.folder, env: this.#environment(), stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const ended = once(child, 'exit').then(() => child.exitCode)
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
    return {
      address: await promise,
      async stop() {
        if (child.exitCode === null) child.kill('SIGTERM')
        return ended
      },
    }
  }

  async #run(program: string, args: readonly string[], folder = this.folder): Promise<Outcome> {
    const child = spawn(program, args, {
      cwd: folder,
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
    })
    await once(child, 'close')
    return { code: child.exitCode, out, err }
  }

  #environment(): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, INIT_CWD: ___, TUSK_STARTED_IN: ____, ...rest } = process.env
    const separator = process.platform === 'win32' ? ';' : ':'
    return { ...rest, PATH: `${dirname(process.execPath)}${separator}${rest.PATH ?? ''}`, TUSK_HOME: this.home }
  }
}

export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}
