import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import { postgresBinaries, startTestPostgres } from '../support/postgres.ts'

const binaries = postgresBinaries(15)
const psql = 'directory' in binaries ? join(binaries.directory, 'psql') : ''
const skip =
  'skip' in binaries ? binaries.skip : existsSync(psql) ? false : 'psql is absent: apt-get install postgresql-client-15'

/** Pieces that mean something to psql's lexer. It reads line by line, so a text continued on the next line is left out. */
const pieces = fc.constantFrom(
  ...[
    ';',
    ';',
    `'a;b'`,
    '"n;"',
    '$$;$$',
    '$x$ ; $$ ; $x$',
    `E'\\';'`,
    `U&'x;'`,
    '/* ; /* ; */ */',
    '-- ;\n',
    '(',
    ')',
    '\n',
  ],
  ...[
    'select',
    'create',
    'function',
    'or',
    'replace',
    'procedure',
    'begin atomic',
    'case',
    'end',
    'rule',
    '1',
    'a$b$',
    '$1',
  ],
)

/** What psql sends, letter by letter without spaces, among the messages it prints. */
function sentBy(parameters: readonly string[]): Promise<{ readonly echo: string; readonly errors: number }> {
  return new Promise(done => {
    // The exit code says only that some statement failed, as nearly all of these do.
    execFile(psql, parameters, { env: { ...process.env, PSQLRC: '', PAGER: '' } }, (_error, stdout, stderr) =>
      done({ echo: withoutSpaces(stdout), errors: stderr.match(/ERROR:/g)?.length ?? 0 }),
    )
  })
}

const withoutSpaces = (text: string): string => text.replace(/\s+/g, '')

test('postgres: a script is split where psql splits it', { skip }, async () => {
  await using server = await startTestPostgres(15)
  const directory = mkdtempSync(join(tmpdir(), 'tusk-psql-'))
  const file = join(directory, 'script.sql')
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { minLength: 1, maxLength: 14 }), async list => {
        const script = list.join(' ')
        writeFileSync(file, script)
        const address = ['-h', server.host, '-p', String(server.port), '-U', server.user, '-d', 'postgres']
        const { echo, errors } = await sentBy(['-X', '-q', ...address, '-v', 'ECHO=queries', '-f', file])
        const statements = postgresDialect.split(script)
        let at = 0
        for (const { text } of statements) {
          const wanted = withoutSpaces(text)
          const found = echo.indexOf(wanted, at)
          assert.ok(found >= 0, `psql did not send ${JSON.stringify(text)}`)
          at = found + wanted.length
        }
        assert.ok(errors <= statements.length, `psql sent ${errors} statements or more`)
      }),
      { numRuns: 100 },
    )
  } finally {
    rmSync(directory, { recursive: true })
  }
})
