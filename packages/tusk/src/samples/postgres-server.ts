import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, lchown, mkdir, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TuskError } from '../errors.ts'
import { type PostgresAccount, postgresAccount, untraversableParent } from './postgres-account.ts'

export { embeddedPostgresBinaries } from './embedded-postgres.ts'

export interface PostgresServerOptions {
  /** Folder with `initdb` and `postgres`. */
  readonly binDirectory: string
  /** The cluster; made on the first start. Its parent must exist. */
  readonly dataDirectory: string
  /** 0 or absent: the port of the last start when it is free, otherwise any free one. */
  readonly port?: number
  /** Server settings, passed as `-c name=value`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /** Default `postgres`. Fixed by the first start. */
  readonly superuser?: string
  /** Fixed by the first start. Absent: no password is asked, anybody on this machine may connect. */
  readonly password?: string
  /** The server's log, line by line. */
  readonly log?: (line: string) => void
}

export interface PostgresServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Of the postmaster. */
  readonly pid: number
  /** `fast` (default) rolls back what runs and writes all to disk; `immediate` is the plug pulled. Ends within about 10 s. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
}

const host = '127.0.0.1'
const startTimeout = 60_000

/**
 * Starts a real PostgreSQL on the loopback address. It ends with this process, also when this process is killed.
 * Run by root, it is handed to an unprivileged user together with its data directory.
 */
export async function startPostgresServer(options: PostgresServerOptions): Promise<PostgresServer> {
  const dataDirectory = resolve(options.dataDirectory)
  const account = postgresAccount()
  if (account !== undefined) {
    requireTraversable(dataDirectory, account)
    requireTraversable(join(options.binDirectory, 'postgres'), account)
  }
  const user = options.superuser ?? 'postgres'
  if (existsSync(join(dataDirectory, 'PG_VERSION'))) await clearStaleLock(dataDirectory)
  else await initialise(options, dataDirectory, user, account)
  if (account !== undefined) await chownTree(dataDirectory, account)

  for (let attempt = 1; ; attempt++) {
    const port = options.port || (await choosePort(dataDirectory, attempt))
    const server = new RunningServer(options, dataDirectory, port, account)
    try {
      const pid = await server.ready()
      await rememberPort(dataDirectory, port, account)
      const stop = (mode: 'fast' | 'immediate' = 'fast') => server.stop(mode)
      return { host, port, user, pid, stop, [Symbol.asyncDispose]: () => stop() }
    } catch (error) {
      await server.stop('immediate')
      const portWasTaken = error instanceof TuskError && error.detail?.includes('Address already in use')
      if (!portWasTaken || options.port || attempt === 5) throw error
    }
  }
}

function requireTraversable(path: string, account: PostgresAccount): void {
  const closed = untraversableParent(path, account)
  if (closed === undefined) return
  throw new TuskError(
    'CONNECTION_CONFIG',
    `PostgreSQL, which runs as the user "${account.name}", may not enter ${closed}.`,
    {
      detail: `PostgreSQL refuses to run as root, so it runs as "${account.name}"; it needs ${path}.`,
      hint: `Choose a folder that everybody may enter, start Tusk as an ordinary user, or run: chmod o+x ${closed}`,
    },
  )
}

/** Into a folder beside the final one, then renamed: a data directory is whole or not there. */
async function initialise(
  options: PostgresServerOptions,
  dataDirectory: string,
  user: string,
  account: PostgresAccount | undefined,
): Promise<void> {
  if (existsSync(dataDirectory) && (await readdir(dataDirectory)).length > 0) {
    throw new TuskError('CONFLICT', `${dataDirectory} is not empty and not a PostgreSQL data directory.`)
  }
  const fresh = join(dirname(dataDirectory), `.${basename(dataDirectory)}.new`)
  const passwordFile = join(dirname(dataDirectory), `.${basename(dataDirectory)}.password`)
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { recursive: true, mode: 0o700 })
  try {
    if (account !== undefined) await chown(fresh, account.uid, account.gid)
    const authentication: string[] = ['--auth=trust']
    if (options.password !== undefined) {
      await rm(passwordFile, { force: true })
      await writeFile(passwordFile, options.password, { mode: 0o600, flag: 'wx' })
      if (account !== undefined) await chown(passwordFile, account.uid, account.gid)
      authentication.splice(0, 1, '--auth=scram-sha-256', `--pwfile=${passwordFile}`)
    }
    const common = [
      `--pgdata=${fresh}`,
      `--username=${user}`,
      '--encoding=UTF8',
      '--no-instructions',
      ...(options.settings?.fsync === 'off' ? ['--no-sync'] : []),
      ...authentication,
    ]
    await runInitdb(options.binDirectory, fresh, account, common)
    await rm(dataDirectory, { recursive: true, force: true })
    await rename(fresh, dataDirectory)
  } finally {
    await rm(passwordFile, { force: true })
    await rm(fresh, { recursive: true, force: true })
  }
}

/** The locale that gives the same order and the same letters everywhere: the server's own where it has one (17 and later). */
const localeChoices = [
  ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
  ['--locale=C.UTF-8'],
  ['--locale=C'],
] as const

async function runInitdb(
  binDirectory: string,
  dataDirectory: string,
  account: PostgresAccount | undefined,
  common: readonly string[],
): Promise<void> {
  let output = ''
  for (const locale of localeChoices) {
    const child = spawnAs(account, join(binDirectory, 'initdb'), [...common, ...locale], dataDirectory)
    output = ''
    child.stdout?.on('data', () => {})
    child.stderr?.on('data', (text: Buffer) => {
      output = (output + text.toString()).slice(-4000)
    })
    const { code, error } = await ended(child)
    if (code === 0) return
    if (error !== undefined) throw notStarted(error.message, error)
    if (!/locale|builtin|invalid argument|unrecognized option/.test(output)) break
    for (const entry of await readdir(dataDirectory)) await rm(join(dataDirectory, entry), { recursive: true })
  }
  throw notStarted(output.trim())
}

function spawnAs(
  account: PostgresAccount | undefined,
  command: string,
  parameters: readonly string[],
  cwd: string,
): ChildProcess {
  return spawn(command, parameters, {
    cwd,
    env: serverEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // Of its own session, so that Ctrl+C in the terminal reaches Tusk alone, which then stops the server in order.
    detached: process.platform !== 'win32',
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
  })
}

function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP']
  const environment = Object.fromEntries(kept.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : [])))
  return { ...environment, LC_ALL: 'C' }
}

function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly error?: Error }> {
  return new Promise(done => {
    child.once('error', error => done({ code: null, error }))
    child.once('close', code => done({ code }))
  })
}

function notStarted(detail: string, cause?: unknown): TuskError {
  return new TuskError('CONNECTION_FAILED', 'The PostgreSQL server could not be started.', { detail, cause })
}

/** Waits for a server that is still going down, removes the lock of one that is gone, refuses when one is at work. */
async function clearStaleLock(dataDirectory: string): Promise<void> {
  const lock = join(dataDirectory, 'postmaster.pid')
  for (let waited = 0; existsSync(lock); waited += 100) {
    const pid = (await readLock(dataDirectory))?.pid
    if (pid === undefined || !(await isPostmasterOf(pid, dataDirectory))) {
      await rm(lock, { force: true })
      return
    }
    if (waited >= 10_000) {
      throw new TuskError('DATABASE_BUSY', 'Another PostgreSQL server is running on this data directory.', {
        detail: `Process ${pid} owns ${dataDirectory}.`,
        hint: 'Stop the other Tusk first.',
      })
    }
    await sleep(100)
  }
}

async function isPostmasterOf(pid: number, dataDirectory: string): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  if (process.platform !== 'linux') return true
  // A postmaster lives in its data directory; any other process has only inherited the number.
  const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  return workingDirectory === undefined || workingDirectory === dataDirectory
}

interface ServerLock {
  readonly pid: number
  readonly port: number
  readonly ready: boolean
}

async function readLock(dataDirectory: string): Promise<ServerLock | undefined> {
  const text = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
}

const portFile = 'tusk-port'

async function choosePort(dataDirectory: string, attempt: number): Promise<number> {
  const last = Number(await readFile(join(dataDirectory, portFile), 'utf8').catch(() => ''))
  if (attempt === 1 && Number.isInteger(last) && last > 0 && (await listenOnce(last).catch(() => 0)) === last)
    return last
  return listenOnce(0)
}

async function rememberPort(dataDirectory: string, port: number, account: PostgresAccount | undefined): Promise<void> {
  const file = join(dataDirectory, portFile)
  await writeFile(file, `${port}\n`, { mode: 0o600 })
  if (account !== undefined) await chown(file, account.uid, account.gid)
}

function listenOnce(port: number): Promise<number> {
  const server = createServer()
  return new Promise((done, failed) => {
    server.once('error', failed)
    server.listen(port, host, () => {
      const address = server.address()
      server.close(() => (address !== null && typeof address === 'object' ? done(address.port) : failed(new Error())))
    })
  })
}

async function chownTree(directory: string, account: PostgresAccount): Promise<void> {
  await chown(directory, account.uid, account.gid)
  await chmod(directory, 0o700)
  for (const entry of await readdir(directory, { recursive: true })) {
    await lchown(join(directory, entry), account.uid, account.gid)
  }
}

/**
 * Stays between Tusk and the postmaster: the pipe on descriptor 3 ends when Tusk does, however it ends, and then the server
 * is told to shut down fast.
 */
const guardianScript = `
"$@" 3<&- &
server=$!
{ read -r _ <&3; kill -INT "$server"; } 2>/dev/null &
guardian=$!
wait "$server"
status=$?
kill "$guardian" 2>/dev/null
exit "$status"
`

class RunningServer {
  readonly #child: ChildProcess
  readonly #ended: Promise<{ readonly code: number | null; readonly error?: Error }>
  readonly #dataDirectory: string
  readonly #port: number
  #output = ''
  #hasEnded = false

  constructor(
    options: PostgresServerOptions,
    dataDirectory: string,
    port: number,
    account: PostgresAccount | undefined,
  ) {
    this.#dataDirectory = dataDirectory
    this.#port = port
    const settings = {
      listen_addresses: host,
      port,
      unix_socket_directories: '',
      ...options.settings,
    }
    const command = [
      join(options.binDirectory, 'postgres'),
      '-D',
      dataDirectory,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]
    this.#child =
      process.platform === 'win32'
        ? spawnAs(account, command[0]!, command.slice(1), dataDirectory)
        : spawnAs(account, '/bin/sh', ['-c', guardianScript, 'tusk-postgres', ...command], dataDirectory)
    this.#ended = ended(this.#child).then(result => {
      this.#hasEnded = true
      return result
    })
    // The pipe that tells the guardian is never written to; it breaks when the guardian ends first.
    this.#child.stdio[3]?.on('error', () => {})
    this.#child.stdout?.on('data', () => {})
    this.#child.stderr?.on('data', (text: Buffer) => this.#keep(text.toString(), options.log))
  }

  #keep(text: string, log: ((line: string) => void) | undefined): void {
    this.#output = (this.#output + text).slice(-8000)
    if (log === undefined) return
    for (const line of text.split('\n')) if (line !== '') log(line)
  }

  async ready(): Promise<number> {
    for (const start = performance.now(); performance.now() - start < startTimeout; await sleep(20)) {
      if (this.#hasEnded) {
        const { error } = await this.#ended
        throw notStarted(error?.message ?? this.#output.trim(), error)
      }
      const lock = await readLock(this.#dataDirectory)
      if (lock?.ready && lock.port === this.#port) return lock.pid
    }
    throw notStarted(`It was not ready after ${startTimeout / 1000} seconds. ${this.#output.trim()}`)
  }

  async stop(mode: 'fast' | 'immediate'): Promise<void> {
    if (this.#hasEnded) return
    const pid = (await readLock(this.#dataDirectory))?.pid
    if (pid !== undefined) this.#kill(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    else this.#child.kill('SIGTERM')
    const guardianPipe = this.#child.stdio[3]
    if (mode === 'fast' && guardianPipe !== null && guardianPipe !== undefined && 'end' in guardianPipe)
      guardianPipe.end()
    if (await this.#endsWithin(8000)) return
    if (pid !== undefined) this.#kill(pid, 'SIGQUIT')
    if (await this.#endsWithin(2000)) return
    if (pid !== undefined) this.#kill(pid, 'SIGKILL')
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #kill(pid: number, signal: NodeJS.Signals): void {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  async #endsWithin(milliseconds: number): Promise<boolean> {
    const timeout = new AbortController()
    const late = sleep(milliseconds, false, { signal: timeout.signal }).catch(() => false)
    const inTime = await Promise.race([this.#ended.then(() => true), late])
    timeout.abort()
    return inTime
  }
}
