import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { isComputing, isRunning, until } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`no host outlives its parent that gets ${signal}, not even one blocked in SQLite`, async context => {
    const parent = spawn(
      process.execPath,
      [join(import.meta.dirname, '..', 'support', 'host-parent.ts'), temporaryDirectory(context)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const lines = createInterface({ input: parent.stdout })
    const [line] = (await once(lines, 'line')) as [string]
    const hosts = line.split(' ').map(Number)
    assert.equal(hosts.length, 2)
    await until(() => hosts.some(isComputing), 'a host is busy with the endless statement')
    parent.kill(signal)
    await once(parent, 'exit')
    await until(() => !hosts.some(isRunning), 'all hosts are gone', 5_000)
  })
}
