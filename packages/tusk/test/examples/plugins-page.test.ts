import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { commands } from '../../src/cli/command-table.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const page = join(root, 'docs', 'plugins.md')
const text = readFileSync(page, 'utf8')
const languages: Readonly<Record<string, string>> = { '.ts': 'ts', '.js': 'js', '.html': 'jinja', '.json': 'json' }

describe('docs/plugins.md', () => {
  test('shows the code of the example as it is', () => {
    // <!-- code: examples/plugin-hello/src/index.ts --> or …#region, and the block below it, if there is one already.
    const now = text.replaceAll(
      /(<!-- code: (\S+?)(?:#(\w+))? -->\n)(?:```\w*\n[\s\S]*?\n```\n)?/g,
      (_whole, marker: string, file: string, region: string | undefined) =>
        `${marker}\`\`\`${languages[extname(file)] ?? ''}\n${codeOf(file, region)}\n\`\`\`\n`,
    )
    if (process.env.TUSK_UPDATE_DOCS === '1') writeFileSync(page, now)
    else assert.equal(text, now, 'run with TUSK_UPDATE_DOCS=1 to write the blocks anew')
  })

  test('shows every file of the example’s code', () => {
    const files = globSync('{src,templates,assets}/**/*.{ts,js,html}', { cwd: join(root, 'examples/plugin-hello') })
    const unnamed = files.filter(file => !text.includes(file.split('/').at(-1) ?? file))
    assert.deepEqual(unnamed, [])
  })

  test('names files and commands that exist', () => {
    for (const [, file = ''] of text.matchAll(/\]\((?!http)([^)#]+)/g))
      assert.ok(existsSync(join(root, 'docs', file)), `${file} is not there`)
    for (const [, command = ''] of text.matchAll(/`tusk ([a-z]+)/g))
      assert.ok(command === 'hello' || Object.hasOwn(commands, command), `there is no tusk ${command}`)
  })
})

/** The lines of a file between `#region name` and `#endregion`, or all of it. */
function codeOf(file: string, region: string | undefined): string {
  const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n')
  if (region === undefined) return lines.join('\n')
  const from = lines.findIndex(line => new RegExp(`#?\\s?region ${region}\\b`).test(line))
  const to = lines.findIndex((line, index) => index > from && /#?\s?endregion\b/.test(line))
  assert.ok(from !== -1 && to !== -1, `${file} has no region ${region}`)
  return lines
    .slice(from + 1, to)
    .join('\n')
    .trim()
}
