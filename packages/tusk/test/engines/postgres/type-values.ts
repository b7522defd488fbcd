import type { LogicalType } from '../../../src/arrow/data-type.ts'

const longNumber = `${'9'.repeat(700)}.${'1234567890'.repeat(30)}`

/** Values whose text here is the server's own. */
export const sameAsServer: readonly {
  readonly type: string
  readonly arrow: string
  readonly logical?: LogicalType
  readonly values: readonly string[]
  readonly sourceType?: string
}[] = [
  { type: 'bool', arrow: 'bool', values: ['true', 'false'] },
  { type: 'int2', arrow: 'int16', values: ['-32768', '32767', '0'] },
  { type: 'int4', arrow: 'int32', values: ['-2147483648', '2147483647'] },
  { type: 'int8', arrow: 'int64', values: ['-9223372036854775808', '9223372036854775807', '9007199254740993'] },
  {
    type: 'numeric(38,10)',
    arrow: 'decimal(38,10)',
    values: [
      '0',
      '-0.0000000001',
      '1234567890123456789012345678.0123456789',
      '-9999999999999999999999999999.9999999999',
    ],
  },
  { type: 'numeric(4,4)', arrow: 'decimal(4,4)', values: ['0.0001', '-0.9999', '0.1'] },
  { type: 'numeric(5)', arrow: 'decimal(5,0)', values: ['10000', '-1', '0'], sourceType: 'numeric(5,0)' },
  {
    type: 'numeric',
    arrow: 'utf8',
    logical: 'decimal',
    values: ['NaN', 'Infinity', '-Infinity', longNumber, '1.10', '-0.00001', '1e20', '1e-30'],
  },
  { type: 'numeric(3,-2)', arrow: 'utf8', logical: 'decimal', values: ['12345', '-99900'] },
  { type: 'numeric(60,20)', arrow: 'utf8', logical: 'decimal', values: ['1234567890123456789012345678901234567890.5'] },
  {
    type: 'date',
    arrow: 'date',
    values: ['infinity', '-infinity', '0044-03-15 BC', '4713-01-01 BC', '5874897-12-31', '1970-01-01', '2026-11-23'],
  },
  { type: 'time', arrow: 'time(us)', values: ['00:00', '24:00', '23:59:59.999999', '04:05:06.7'] },
  {
    type: 'timetz',
    arrow: 'utf8',
    logical: 'timetz',
    values: ['04:05:06+02', '24:00:00-15:59:59', '00:00:00.000001+05:45'],
  },
  {
    type: 'timestamp',
    arrow: 'timestamp(us)',
    values: [
      'infinity',
      '-infinity',
      '4713-01-01 00:00:00 BC',
      '1969-12-31 23:59:59.999999',
      '2026-11-23 20:15',
      '0001-01-01',
    ],
  },
  { type: 'timestamp(3)', arrow: 'timestamp(us)', values: ['2026-11-23 20:15:00.123456'] },
  {
    type: 'interval',
    arrow: 'utf8',
    logical: 'interval',
    values: [
      '1 year 2 mons -3 days 04:05:06.789',
      '0',
      '-1 mon',
      '-00:00:00.000001',
      '1 mon -1 day +02:00',
      '178000000 years',
      '1 day',
      '300 hours',
    ],
  },
  { type: 'bytea', arrow: 'binary', values: ['', '\\x00ff0a', '\\xdeadbeef'] },
  {
    type: 'uuid',
    arrow: 'utf8',
    logical: 'uuid',
    values: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '00000000-0000-0000-0000-000000000000'],
  },
  { type: 'text', arrow: 'utf8', values: ['', 'é𝄞\u202e', 'line\nbreak\ttab', `'"\\`, 'x'.repeat(100_000)] },
  { type: 'varchar(12)', arrow: 'utf8', values: ['twelve chars'] },
  { type: 'name', arrow: 'utf8', values: ['pg_class'] },
  { type: '"char"', arrow: 'utf8', values: ['a', ''] },
  { type: 'json', arrow: 'utf8', logical: 'json', values: ['{"a": 1.10, "a": 2}', '[]', 'null'] },
  {
    type: 'jsonb',
    arrow: 'utf8',
    logical: 'json',
    values: ['{"a": 12345678901234567890.10, "b": "\\"x\\""}', '"text"'],
  },
  { type: 'jsonpath', arrow: 'utf8', values: ['$.a[*]'] },
  { type: 'xml', arrow: 'utf8', logical: 'xml', values: ['<a b="c">d</a>'] },
  { type: 'inet', arrow: 'utf8', values: ['192.168.0.1/24', '::1/64'] },
  { type: 'cidr', arrow: 'utf8', values: ['10.0.0.0/8'] },
  { type: 'macaddr', arrow: 'utf8', values: ['08:00:2b:01:02:03'] },
  { type: 'macaddr8', arrow: 'utf8', values: ['08:00:2b:01:02:03:04:05'] },
  { type: 'bit(5)', arrow: 'utf8', logical: 'bit', values: ['10101'] },
  { type: 'varbit', arrow: 'utf8', logical: 'bit', values: ['1', '000111000111'] },
  { type: 'money', arrow: 'utf8', values: ['12.34', '-92233720368547758.08'] },
  { type: 'oid', arrow: 'uint32', values: ['0', '4294967295'] },
  { type: 'xid8', arrow: 'uint64', values: ['18446744073709551615'] },
  { type: 'pg_lsn', arrow: 'utf8', values: ['16/B374D848'] },
  { type: 'regclass', arrow: 'utf8', values: ['pg_class'] },
  { type: 'regtype', arrow: 'utf8', values: ['int4', 'text[]'] },
  { type: 'tsvector', arrow: 'utf8', values: ["'a':1 'fat':2A"] },
  { type: 'tsquery', arrow: 'utf8', values: ["'fat' & !'cat'"] },
  { type: 'point', arrow: 'utf8', values: ['(1.5,-2)'] },
  { type: 'polygon', arrow: 'utf8', values: ['((0,0),(1,1),(1,0))'] },
  { type: 'circle', arrow: 'utf8', values: ['<(1,2),3>'] },
  { type: 'int4range', arrow: 'utf8', values: ['[1,5)', 'empty', '(,)'] },
  { type: 'tstzrange', arrow: 'utf8', values: ['[2026-01-01 00:00+00,)'] },
  { type: 'int4multirange', arrow: 'utf8', values: ['{[1,3),[5,9)}'] },
  { type: 'mood', arrow: 'utf8', logical: 'enum', values: ['ok', 'sad'] },
  { type: 'pair', arrow: 'utf8', values: ['(1,"a b")', '(,)'] },
  { type: 'positive', arrow: 'int32', values: ['5'], sourceType: 'int4' },
  { type: 'price', arrow: 'decimal(8,2)', values: ['5.50'], sourceType: 'numeric(8,2)' },
  { type: 'pair[]', arrow: 'utf8', values: ['{"(1,x)"}'] },
  { type: 'inet[]', arrow: 'utf8', values: ['{10.0.0.1,::1}'] },
]

/** Values whose text follows the rules of `column-reader.ts`, where the server writes another. */
export const ownText: readonly {
  readonly type: string
  readonly arrow: string
  readonly values: Readonly<Record<string, string>>
}[] = [
  { type: 'float4', arrow: 'float32', values: { '0.1': '0.1', NaN: 'NaN', infinity: 'Infinity' } },
  {
    type: 'float8',
    arrow: 'float64',
    values: { '0.1': '0.1', '1e300': '1e+300', '-infinity': '-Infinity', '5e-324': '5e-324' },
  },
  { type: 'int4[]', arrow: 'list<int32>', values: { '{1,null,-3}': '[1,null,-3]', '{}': '[]' } },
  { type: 'int8[]', arrow: 'list<int64>', values: { '{9223372036854775807}': '[9223372036854775807]' } },
  { type: 'text[]', arrow: 'list<utf8>', values: { '{a,NULL,"NULL","q\\"x"}': '["a",null,"NULL","q\\"x"]' } },
  { type: 'float8[]', arrow: 'list<float64>', values: { '{1.5,NaN}': '[1.5,"NaN"]' } },
  { type: 'bool[]', arrow: 'list<bool>', values: { '{t,f,null}': '[true,false,null]' } },
  { type: 'numeric(9,2)[]', arrow: 'list<decimal(9,2)>', values: { '{1.5,-2}': '[1.50,-2.00]' } },
  { type: 'numeric[]', arrow: 'list<utf8>', values: { '{1.50,NaN,1e3}': '[1.50,"NaN",1000]' } },
  {
    type: 'uuid[]',
    arrow: 'list<utf8>',
    values: { '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}': '["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]' },
  },
  { type: 'date[]', arrow: 'list<date>', values: { '{2026-01-02,infinity}': '["2026-01-02","infinity"]' } },
  {
    type: 'timestamptz[]',
    arrow: 'list<timestamp(us, UTC)>',
    values: { '{2026-01-02 03:04:05+00}': '["2026-01-02 03:04:05+00"]' },
  },
  { type: 'time[]', arrow: 'list<time(us)>', values: { '{24:00}': '["24:00:00"]' } },
  { type: 'timetz[]', arrow: 'list<utf8>', values: { '{04:05:06.5-03:30}': '["04:05:06.5-03:30"]' } },
  { type: 'interval[]', arrow: 'list<utf8>', values: { '{1 day}': '["1 day"]' } },
  { type: 'bytea[]', arrow: 'list<binary>', values: { '{"\\\\x00ff"}': '["\\\\x00ff"]' } },
  { type: 'jsonb[]', arrow: 'list<utf8>', values: { '{"{\\"a\\": 1}"}': '[{"a": 1}]' } },
  { type: 'positive[]', arrow: 'list<int32>', values: { '{1,2}': '[1,2]' } },
]
