import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { duckdbEngine } from '../../../src/engines/duckdb/engine.ts'
import { engineSuite } from '../../contract/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'tusk-duckdb-contract-'))
after(() => rmSync(directory, { recursive: true }))

engineSuite('DuckDB', {
  open: () => duckdbEngine.open({ path: join(directory, 'contract.duckdb') }),
  values: [
    { sql: 'null::integer', kind: 'int', text: null, sourceType: 'INTEGER' },
    { sql: 'true', kind: 'bool', text: 'true', sourceType: 'BOOLEAN' },
    { sql: '9223372036854775807', kind: 'int', text: '9223372036854775807', sourceType: 'BIGINT' },
    { sql: '(-128)::tinyint', kind: 'int', text: '-128' },
    { sql: '18446744073709551615::ubigint', kind: 'int', text: '18446744073709551615' },
    {
      sql: '(-170141183460469231731687303715884105728)::hugeint',
      kind: 'utf8',
      logical: 'decimal',
      text: '-170141183460469231731687303715884105728',
      sourceType: 'HUGEINT',
    },
    {
      sql: '340282366920938463463374607431768211455::uhugeint',
      kind: 'utf8',
      logical: 'decimal',
      text: '340282366920938463463374607431768211455',
    },
    { sql: `'-${'9'.repeat(60)}'::bignum`, kind: 'utf8', logical: 'decimal', text: `-${'9'.repeat(60)}` },
    { sql: '-0.05::decimal(4,2)', kind: 'decimal', text: '-0.05', sourceType: 'DECIMAL(4,2)' },
    {
      sql: `'-${'9'.repeat(28)}.${'9'.repeat(10)}'::decimal(38,10)`,
      kind: 'decimal',
      text: `-${'9'.repeat(28)}.${'9'.repeat(10)}`,
    },
    { sql: '0.1::double + 0.2', kind: 'float', text: '0.30000000000000004', sourceType: 'DOUBLE' },
    { sql: '0.1::float', kind: 'float', text: '0.1', sourceType: 'FLOAT' },
    { sql: "'-inf'::double", kind: 'float', text: '-Infinity' },
    { sql: "'nan'::float", kind: 'float', text: 'NaN' },
    { sql: "date '0044-03-15 (BC)'", kind: 'date', text: '0044-03-15 BC' },
    { sql: "'infinity'::date", kind: 'date', text: 'infinity' },
    { sql: "timestamp '2026-11-23 20:15:00.123456'", kind: 'timestamp', text: '2026-11-23 20:15:00.123456' },
    { sql: "timestamp_ns '2026-11-23 20:15:00.123456789'", kind: 'timestamp', text: '2026-11-23 20:15:00.123456789' },
    { sql: "timestamp_s '2026-11-23 20:15:00'", kind: 'timestamp', text: '2026-11-23 20:15:00' },
    { sql: "'-infinity'::timestamp_ms", kind: 'timestamp', text: '-infinity' },
    { sql: "timestamptz '2026-11-23 20:15:00+02'", kind: 'timestamp', text: '2026-11-23 18:15:00+00' },
    { sql: "time '24:00:00'", kind: 'time', text: '24:00:00' },
    { sql: "time_ns '01:02:03.123456789'", kind: 'time', text: '01:02:03.123456789' },
    { sql: "timetz '04:05:06.789-02:30:15'", kind: 'utf8', logical: 'timetz', text: '04:05:06.789-02:30:15' },
    {
      sql: "interval '1 year 2 months -3 days 04:05:06.789'",
      kind: 'utf8',
      logical: 'interval',
      text: '1 year 2 months -3 days 04:05:06.789',
    },
    { sql: "'héllo 𝄞' || chr(0) || 'b'", kind: 'utf8', text: 'héllo 𝄞\0b', sourceType: 'VARCHAR' },
    { sql: "'\\x00\\xFF'::blob", kind: 'binary', text: String.raw`\x00ff` },
    { sql: "'010100'::bit", kind: 'utf8', logical: 'bit', text: '010100' },
    {
      sql: "'F47AC10B-58CC-4372-A567-0E02B2C3D479'::uuid",
      kind: 'utf8',
      logical: 'uuid',
      text: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
    },
    { sql: `'{"a": 1.10}'::json`, kind: 'utf8', logical: 'json', text: '{"a": 1.10}', sourceType: 'JSON' },
    { sql: "'b'::enum('a', 'b')", kind: 'utf8', logical: 'enum', text: 'b' },
    { sql: '[1, null, 3]', kind: 'list', text: '[1,null,3]', sourceType: 'INTEGER[]' },
    { sql: '[[1.5], [], null]', kind: 'list', text: '[[1.5],[],null]' },
    { sql: 'array_value(1, 2)', kind: 'list', text: '[1,2]', sourceType: 'INTEGER[2]' },
    {
      sql: "{'a': 1, 'b c': ['x']}",
      kind: 'struct',
      text: '{"a":1,"b c":["x"]}',
      sourceType: 'STRUCT(a INTEGER, "b c" VARCHAR[])',
    },
    { sql: "map {'k': 1, 'a longer key than that': null}", kind: 'map', text: '{"k":1,"a longer key than that":null}' },
    {
      sql: 'union_value(num := 7)::union(num integer, str varchar)',
      kind: 'utf8',
      text: '7',
      sourceType: 'UNION(num INTEGER, str VARCHAR)',
    },
    {
      sql: "{'a': [1, null, 2], 'd': 1.5::decimal(5, 2), 't': date '2020-01-02'}::variant",
      kind: 'utf8',
      logical: 'json',
      text: '{"a":[1,null,2],"d":1.50,"t":"2020-01-02"}',
    },
    {
      sql: "'POINT (1 2)'::geometry",
      kind: 'binary',
      logical: 'wkb',
      text: String.raw`\x0101000000000000000000f03f0000000000000040`,
    },
  ],
  numbers: count => `select range + 1 as n from range(${count})`,
  cell: length => `select repeat('x', ${length}) as x`,
  slow: 'select count(*) from range(100000000000) a',
  wrong: { sql: "select 'é𝄞', frm 1", position: 18 },
  failsLate: "select case when range > 150000 then error('too late') else range end as x from range(200000)",
  temporaryTable: {
    create: 'create temporary table suite_temporary (a integer)',
    insert: 'insert into suite_temporary values (1)',
    select: 'select a from suite_temporary',
  },
  transactionAfterError: 'open',
  mostColumns: 1600,
  affected: { insert: 3, update: 2, delete: 1 },
  firstParameter: '$1',
  secondParameter: '$2',
})
