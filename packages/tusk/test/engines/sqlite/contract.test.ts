import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { sqliteEngine } from '../../../src/engines/sqlite/engine.ts'
import { engineSuite } from '../../contract/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'tusk-sqlite-contract-'))
after(() => rmSync(directory, { recursive: true }))

engineSuite('SQLite', {
  open: () => sqliteEngine.open({ path: join(directory, 'contract.db'), create: true }),
  values: [
    { sql: 'null', kind: 'int', text: null },
    { sql: 'true', kind: 'int', text: '1' },
    { sql: '9223372036854775807', kind: 'int', text: '9223372036854775807', sourceType: 'INTEGER' },
    { sql: '-9223372036854775808', kind: 'int', text: '-9223372036854775808' },
    { sql: '0.1 + 0.2', kind: 'float', text: '0.30000000000000004', sourceType: 'REAL' },
    { sql: '-9e999', kind: 'float', text: '-Infinity' },
    { sql: '-0.0', kind: 'float', text: '-0' },
    { sql: "'héllo 𝄞'", kind: 'utf8', text: 'héllo 𝄞', sourceType: 'TEXT' },
    { sql: "''", kind: 'utf8', text: '' },
    { sql: "'a' || char(0) || 'b'", kind: 'utf8', text: 'a\0b' },
    { sql: "x'00ff'", kind: 'binary', text: String.raw`\x00ff`, sourceType: 'BLOB' },
    { sql: "x''", kind: 'binary', text: String.raw`\x` },
  ],
  numbers: count => `with recursive c(n) as (select 1 union all select n + 1 from c limit ${count}) select n from c`,
  cell: length => `select replace(hex(zeroblob(${length / 2})), '0', 'x') as x`,
  wrong: { sql: "select 'é𝄞', frm 1", position: 18 },
  failsLate: `with recursive c(n) as (select 1 union all select n + 1 from c limit 60000)
    select abs(iif(n = 30000, -9223372036854775808, n)) as x from c`,
  temporaryTable: {
    create: 'create temporary table suite_temporary (a integer)',
    insert: 'insert into suite_temporary values (1)',
    select: 'select a from suite_temporary',
  },
  transactionAfterError: 'open',
  mostColumns: 2000,
  affected: { insert: 3, update: 2, delete: 1 },
  firstParameter: '?1',
  secondParameter: ':second',
})
