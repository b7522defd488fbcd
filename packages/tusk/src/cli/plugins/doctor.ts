import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { TuskError } from '../../errors.ts'
import { Home } from '../../home/home.ts'
import { absolutePath } from '../../home/paths.ts'
import type { PluginInfo } from '../../plugins/plugins.ts'
import { startStudio } from '../../studio.ts'
import { commandNames } from '../command-table.ts'
import type { Action } from './action.ts'

/**
 * Starts every plugin, or the one in a folder, in a studio of its own with an empty state directory, and says what is wrong with each.
 * Exit code 1 when one of them fails.
 */
export const run: Action = async ({ names, json, signal }) => {
  const own = Home.open()
  const folders = names.filter(name => existsSync(join(absolutePath(name), 'package.json'))).map(absolutePath)
  const wanted = names.filter(name => !folders.includes(absolutePath(name)))
  const directory = mkdtempSync(join(own.path('tmp'), 'doctor-'))
  try {
    await using studio = await startStudio({
      home: Home.open(directory),
      host: '127.0.0.1',
      port: 0,
      samples: false,
      log: pino({ level: 'silent' }),
      plugins: { folders, installed: own.path('plugins') },
      commandNames,
      signal,
    })
    const found = studio.tusk.plugins
      .list()
      .filter(info => wanted.length === 0 || wanted.includes(info.id) || wanted.includes(info.packageName))
    if (found.length < wanted.length) throw new TuskError('NOT_FOUND', `There is no plugin “${wanted.join(', ')}”.`)
    process.stdout.write(
      json ? `${JSON.stringify(found, null, 2)}\n` : found.map(report).join('') || 'There are no plugins.\n',
    )
    return found.some(info => info.state === 'failed') ? 1 : 0
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

function report(info: PluginInfo): string {
  const { error } = info
  if (error === undefined)
    return `✓ ${info.id} ${info.version}: starts${info.provides.length === 0 ? '' : `; ${info.provides.join(', ')}`}\n`
  return [`✗ ${info.id} ${info.version}: ${error.message}`, error.detail, error.hint]
    .filter(line => line !== undefined && line !== '')
    .map((line, index) => `${index === 0 ? '' : '  '}${line}\n`)
    .join('')
}
