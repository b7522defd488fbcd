import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { enableCompileCache } from 'node:module'
import { TuskError } from '../errors.ts'
import { readConfig } from '../home/config.ts'
import { Home } from '../home/home.ts'
import { StateLock } from '../home/lock.ts'
import { absolutePath } from '../home/paths.ts'
import { isLoopback } from '../server/edge.ts'
import type { Command } from './command.ts'
import { commandNames } from './command-table.ts'

export const command: Command = {
  usage: ['[--port N] [--host H] [--demo] [--no-open]'],
  description: 'Opens the studio: a web server on this machine, and its page in your browser. Ctrl+C ends it.',
  options: {
    host: { type: 'string', value: 'H', help: 'address to listen on (server.host, 127.0.0.1)' },
    port: { type: 'string', short: 'p', value: 'N', help: 'port to listen on, 0 for a free one (server.port, 8000)' },
    expose: {
      type: 'boolean',
      help: 'allow --host to be an address that other machines reach; an access token is asked there',
    },
    demo: { type: 'boolean', help: 'also start a real PostgreSQL 18 with sample data' },
    'no-open': { type: 'boolean', help: 'do not open the browser' },
    'no-samples': { type: 'boolean', help: 'make no sample connections' },
    'allowed-host': { type: 'string', value: 'NAMES', help: 'more host names to answer to, separated by commas' },
    'no-plugins': { type: 'boolean', help: 'start without plugins, also when one of them stops the start' },
    plugin: { type: 'string', value: 'DIRS', help: 'folders of plugins to load as well, separated by commas' },
    watch: { type: 'boolean', help: 'load the plugins of --plugin again when their files change' },
    'pg-bin-path': { type: 'string', value: 'DIR', help: 'directory with pg_dump and psql; remembered' },
  },
  async run({ values, positionals, signal }) {
    if (positionals.length > 0) throw new TuskError('USAGE', `“${positionals[0]}” is not an option.`)
    process.umask(0o077)
    const home = Home.open()
    const binPath = values['pg-bin-path']
    if (typeof binPath === 'string')
      await (await import('./change-setting.ts')).changeSetting(home, 'postgresql.bin_path', binPath)
    const config = readConfig(home.path('config.toml'))
    const host = typeof values.host === 'string' ? values.host : config['server.host']
    const accessToken =
      isLoopback(host) || config['auth.mode'] === 'multi' ? undefined : exposedToken(host, values.expose === true)
    using lock = StateLock.acquire(home)
    // Nearly a thousand modules: compiled once, the next start takes a third of the time.
    enableCompileCache(home.path('cache', 'compiled'))
    const { startStudio } = await import('../studio.ts')
    await using studio = await startStudio({
      home,
      host,
      ...(accessToken === undefined ? {} : { accessToken }),
      port: typeof values.port === 'string' ? portFrom(values.port) : config['server.port'],
      allowedHosts: typeof values['allowed-host'] === 'string' ? values['allowed-host'].split(',') : [],
      samples: values['no-samples'] !== true,
      demo: values.demo === true,
      plugins:
        values['no-plugins'] === true
          ? false
          : { folders: typeof values.plugin === 'string' ? values.plugin.split(',').map(absolutePath) : [] },
      watch: values.watch === true,
      commandNames,
      say: text => process.stderr.write(`${text}\n`),
      signal,
    })
    lock.note(studio.address)
    const door = accessToken === undefined ? studio.address : `${studio.address}/access#${accessToken}`
    process.stdout.write(`Tusk is at ${door}\n`)
    if (values['no-open'] !== true) openBrowser(door)
    if (!signal.aborted) await once(signal, 'abort')
    process.stderr.write('stopping …\n')
    return 0
  },
}

/** R1: whoever reaches the address could run SQL with the saved connections, so it takes a flag and a token made at each start. */
function exposedToken(host: string, expose: boolean): string {
  if (!expose)
    throw new TuskError('CONFIG_INVALID', `Other machines could reach Tusk on ${host}.`, {
      hint: 'Listen on 127.0.0.1, or add --expose: then an access token is made and asked for.',
    })
  return randomBytes(24).toString('base64url')
}

function portFrom(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TuskError('USAGE', `“${text}” is not a port.`)
  return port
}

/** A courtesy: where no browser can be opened, the printed address is enough. */
function openBrowser(address: string): void {
  const [program, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  if (program === undefined || (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY))
    return
  const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
