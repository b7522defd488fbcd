import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { auditActions } from '../../src/auth/audit-actions.ts'
import { commands } from '../../src/cli/command-table.ts'
import { settings } from '../../src/home/settings.ts'

const page = fileURLToPath(new URL('../../../../docs/security.md', import.meta.url))
const text = readFileSync(page, 'utf8')

suite('docs/security.md', () => {
  test('lists every action that is on record', () => {
    const rows = Object.entries(auditActions).map(([action, means]) => `| \`${action}\` | ${means} |\n`)
    const now = text.replace(
      /(<!-- actions: made from the code -->\n)[\s\S]*?(<!-- end of actions -->)/,
      (_whole, begin: string, end: string) => `${begin}| Action | Means |\n|---|---|\n${rows.join('')}${end}`,
    )
    if (process.env.TUSK_UPDATE_DOCS === '1') writeFileSync(page, now)
    else assert.equal(text, now, 'run with TUSK_UPDATE_DOCS=1 to write the table anew')
  })

  test('names pages, tests, commands and settings that exist', () => {
    const tests = fileURLToPath(new URL('../', import.meta.url))
    for (const [, file = ''] of text.matchAll(/\]\((?!http)([^)#]+)/g))
      assert.ok(existsSync(join(dirname(page), file)), `${file} is not there`)
    const named = [...text.matchAll(/`([a-z-]+\/(?:[a-z/-]+\.test\.ts)?)`/g)]
      .map(([, file = '']) => file)
      .filter(file => file.endsWith('.test.ts'))
    assert.ok(named.length > 20)
    for (const file of named) assert.ok(existsSync(join(tests, file)), `${file} is not there`)
    for (const [, command = ''] of text.matchAll(/(?:`|^|bin\/)tusk (?!studio)([a-z]+)/gm))
      assert.ok(Object.hasOwn(commands, command), `there is no tusk ${command}`)
    for (const [, key = ''] of text.matchAll(/\b((?:server|auth|oidc|results)\.[a-z_]+)\b(?!\.|\/)/g))
      if (!['auth.db'].includes(key)) assert.ok(Object.hasOwn(settings, key), `there is no setting ${key}`)
  })
})
