import { globSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { run } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { checks } from './check.ts'
import { ensureTestTools } from './test-tools.ts'

/**
 * `npm test [-- --only PATTERN] [--no-checks]`: types, lint and every test file, two at a time. The last line is
 * `N passed, N failed`; a file that could not run for want of a program is named with the command that would enable it.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { values } = parseArgs({
  options: { only: { type: 'string' }, 'no-checks': { type: 'boolean', default: false } },
})

let passed = 0
let failed = 0
const skipped = new Map<string, number>()

for (const note of ensureTestTools()) process.stdout.write(`${note}\n`)

if (!values['no-checks'])
  for (const check of checks) {
    const began = performance.now()
    const good = check.run()
    if (good) passed++
    else failed++
    process.stdout.write(`${good ? 'ok  ' : 'FAIL'} ${check.name} (${seconds(performance.now() - began)})\n`)
  }

const only = values.only
const files = globSync('packages/*/test/**/*.test.ts', { cwd: root })
  .filter(file => only === undefined || file.includes(only))
  .sort()
  .map(file => join(root, file))

process.env.NODE_ENV = 'test'
const stream = run({ files, concurrency: 2, timeout: 300_000, execArgv: ['--unhandled-rejections=strict'] })
const perFile = new Map<string, { passed: number; failed: number }>()

for await (const event of stream) {
  if (event.type === 'test:stdout' || event.type === 'test:stderr') continue
  if (event.type === 'test:pass' || event.type === 'test:fail') {
    const { data } = event
    if (data.details.type === 'suite') continue
    const isFile = data.nesting === 0 && data.file !== undefined && data.name === data.file
    const file = data.file === undefined ? '' : relative(root, data.file)
    if (data.skip !== undefined && data.skip !== false) {
      const reason = typeof data.skip === 'string' ? data.skip : 'no reason given'
      skipped.set(reason, (skipped.get(reason) ?? 0) + 1)
      continue
    }
    if (event.type === 'test:pass' && isFile) continue
    const counts = perFile.get(file) ?? { passed: 0, failed: 0 }
    perFile.set(file, counts)
    if (event.type === 'test:pass') {
      passed++
      counts.passed++
    } else {
      // A parent fails with each failing child; only the child says why.
      const { error } = event.data.details
      if (error.code === 'ERR_TEST_FAILURE' && 'failureType' in error && error.failureType === 'subtestsFailed')
        continue
      failed++
      counts.failed++
      const cause = error.cause
      const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? error.message)
      process.stdout.write(`FAIL ${file}: ${data.name}\n${indent(text)}\n`)
    }
  }
}

for (const [file, counts] of [...perFile].sort(([one], [other]) => one.localeCompare(other)))
  process.stdout.write(
    `${counts.failed === 0 ? 'ok  ' : 'FAIL'} ${file} (${counts.passed} passed${counts.failed === 0 ? '' : `, ${counts.failed} failed`})\n`,
  )
for (const [reason, count] of skipped) process.stdout.write(`skipped ${count}: ${reason}\n`)
const skips = [...skipped.values()].reduce((sum, count) => sum + count, 0)
process.stdout.write(`${passed} passed, ${failed} failed${skips === 0 ? '' : `, ${skips} skipped`}\n`)
// Leftover handles of a failed test must not keep the run from ending.
process.exit(failed === 0 && passed > 0 ? 0 : 1)

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ')
}
