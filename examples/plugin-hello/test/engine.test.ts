// #region engine
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { engineSuite } from 'tuskdata/testing'
import { jsonFileEngine } from '../src/engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'tusk-hello-'))
after(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'people.json'), '[{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}]')

/** What every engine keeps to, with what differs from engine to engine. */
engineSuite('JSON file', {
  open: () => jsonFileEngine.open({ path: join(folder, 'people.json') }),
  values: [
    { sql: '(SELECT name FROM data WHERE id = 2)', kind: 'utf8', text: 'Grace' },
    { sql: 'null::integer', kind: 'int', text: null },
    { sql: '0.1::double + 0.2', kind: 'float', text: '0.30000000000000004' },
  ],
  numbers: count => `select range + 1 as n from range(${count})`,
  cell: length => `select repeat('x', ${length}) as x`,
  slow: 'select count(*) from range(100000000000) a',
  wrong: { sql: 'select 1, frm 1', position: 14 },
  temporaryTable: {
    create: 'create temporary table suite_temporary (a integer)',
    insert: 'insert into suite_temporary values (1)',
    select: 'select a from suite_temporary',
  },
  transactionAfterError: 'open',
  mostColumns: 100,
  affected: { insert: 3, update: 2, delete: 1 },
  firstParameter: '$1',
  secondParameter: '$2',
})
// #endregion
