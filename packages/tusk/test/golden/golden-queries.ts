import { type GoldenQuery, goldenQuery, numbers, same, textColumn, texts } from './golden-source.ts'

const thousandDigits = `${'9'.repeat(700)}.${'1234567890'.repeat(30)}`
const sixtyScale = `0.${'0'.repeat(59)}1`
const hugeJson = '{"n":123456789012345678901234567890.12345678901234567890,"n2":1e400,"s":"<b>\\t"}'

export const duckdbQuery: GoldenQuery = goldenQuery({
  bigint: numbers('BIGINT', ['-9223372036854775808', '9223372036854775807', '9007199254740993', '0']),
  ubigint: numbers('UBIGINT', ['18446744073709551615']),
  hugeint: numbers('HUGEINT', [
    '-170141183460469231731687303715884105728',
    '170141183460469231731687303715884105727',
    '-1',
  ]),
  uhugeint: numbers('UHUGEINT', ['340282366920938463463374607431768211455']),
  bool: [
    ['true', 'true', 'true'],
    ['false', 'false', 'false'],
  ],
  double: numbers('DOUBLE', [
    ['nan', 'NaN'],
    ['inf', 'Infinity'],
    ['-inf', '-Infinity'],
    ['-0.0', '-0'],
    '0.1',
    ['0.30000000000000004', '0.30000000000000004'],
    ['5e-324', '5e-324'],
    ['1.7976931348623157e308', '1.7976931348623157e+308'],
    ['9007199254740992', '9007199254740992'],
  ]),
  float: numbers('FLOAT', [
    ['0.1', '0.1'],
    ['3.4028235e38', '3.4028235e+38'],
    ['nan', 'NaN'],
    ['-inf', '-Infinity'],
  ]),
  'decimal(38,10)': numbers('DECIMAL(38,10)', [
    '9999999999999999999999999999.9999999999',
    '-0.0000000001',
    ['1.5', '1.5000000000'],
  ]),
  'decimal(38,38)': numbers('DECIMAL(38,38)', [`-0.${'0'.repeat(37)}1`]),
  date: texts('DATE', [
    'infinity',
    '-infinity',
    ['0044-03-15 (BC)', '0044-03-15 BC'],
    '0001-01-01',
    '10000-01-01',
    '5881580-07-10',
  ]),
  time: texts('TIME', ['24:00:00', '23:59:59.999999', '00:00:00.000001']),
  timestamp: texts('TIMESTAMP', [
    'infinity',
    '-infinity',
    ['0044-03-15 (BC) 18:30:00', '0044-03-15 18:30:00 BC'],
    '1969-12-31 23:59:59.999999',
    '2026-11-23 20:15:00.123456',
  ]),
  timestamptz: texts('TIMESTAMPTZ', [
    'infinity',
    '-infinity',
    ['2026-11-23 22:15:00.123456+02', '2026-11-23 20:15:00.123456+00'],
  ]),
  timestamp_ns: texts('TIMESTAMP_NS', ['2026-11-23 20:15:00.123456789', '1969-12-31 23:59:59.999999999']),
  interval: texts('INTERVAL', ['1 year 2 months -3 days 04:05:06.789', '00:00:00']),
  timetz: texts('TIMETZ', ['24:00:00-15:59:59', '04:05:06.789+02']),
  uuid: texts('UUID', ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']),
  blob: texts('BLOB', [
    ['', '\\x'],
    ['\\x00\\xFF\\x0A', '\\x00ff0a'],
    ['=1+1', '\\x3d312b31'],
  ]),
  bit: texts('BIT', ['0101', '1']),
  text: [...textColumn(), ["'nul' || chr(0) || 'inside'", 'nul\0inside'], ["repeat('ü', 300)", 'ü'.repeat(300)]],
  json: same([
    ['\'{"a":1.10,"a":2,"n":12345678901234567890}\'::JSON', '{"a":1.10,"a":2,"n":12345678901234567890}'],
    ["' [ 1 , null ] '::JSON", ' [ 1 , null ] '],
    ["'null'::JSON", 'null'],
  ]),
  enum: ['z', '', 'ä, "b"'].map(label => [`'${label}'::ENUM('z', '', 'ä, "b"')`, label] as const),
  'bigint[]': same([
    ['[9223372036854775807, NULL, -9223372036854775808]', '[9223372036854775807,null,-9223372036854775808]'],
    ['[]', '[]'],
    ['[NULL]', '[null]'],
  ]),
  'text[]': same([[`['', NULL, 'NULL', 'a"b\\c', '{,}']`, '["",null,"NULL","a\\"b\\\\c","{,}"]']]),
  'decimal[][]': same([['[[1.50::DECIMAL(5,2), NULL], [], NULL]', '[[1.50,null],[],null]']]),
  struct: same([
    [
      `{'a': 'infinity'::DATE, 'b "q"': '\\x01'::BLOB, 'c': 'nan'::DOUBLE}`,
      '{"a":"infinity","b \\"q\\"":"\\\\x01","c":"NaN"}',
    ],
  ]),
  'map of text': same([[`MAP {'a"b': NULL, '': 'x'}`, '{"a\\"b":null,"":"x"}']]),
  'map of int': same([[`MAP {1: 1.0::DECIMAL(3,1), -1: NULL}`, '[[1,1.0],[-1,null]]']]),
  union: [[`union_value(t := 'text; =1')::UNION(i INTEGER, t VARCHAR)`, 'text; =1']],
})

export const postgresQuery: GoldenQuery = goldenQuery(
  {
    int8: numbers('int8', ['-9223372036854775808', '9223372036854775807', '9007199254740993']),
    numeric: numbers('numeric', ['NaN', 'Infinity', '-Infinity', thousandDigits, sixtyScale, '1.500', '-0.10']),
    'numeric(38,10)': numbers('numeric(38,10)', [
      '9999999999999999999999999999.9999999999',
      '-0.0000000001',
      ['1.5', '1.5000000000'],
    ]),
    'numeric(60,20)': numbers('numeric(60,20)', ['1234567890123456789012345678901234567890.12345678901234567890']),
    bool: [
      ['true', 'true', 'true'],
      ['false', 'false', 'false'],
    ],
    float8: numbers('float8', [
      'NaN',
      'Infinity',
      '-Infinity',
      ['-0', '-0'],
      '0.1',
      '5e-324',
      ['1.7976931348623157e308', '1.7976931348623157e+308'],
    ]),
    float4: numbers('float4', ['0.1', 'NaN', ['3.4028235e38', '3.4028235e+38']]),
    date: texts('date', ['infinity', '-infinity', '0044-03-15 BC', '4714-11-24 BC', '5874897-12-31']),
    time: texts('time', ['24:00:00', '23:59:59.999999']),
    timetz: texts('timetz', ['24:00:00-15:59:59', '04:05:06.789+02']),
    timestamp: texts('timestamp', [
      'infinity',
      '-infinity',
      '0044-03-15 18:30:00 BC',
      '1969-12-31 23:59:59.999999',
      '2026-11-23 20:15:00.123456',
      '4714-11-24 00:00:00 BC',
    ]),
    timestamptz: texts('timestamptz', [
      'infinity',
      '-infinity',
      ['2026-11-23 22:15:00.123456+02', '2026-11-23 20:15:00.123456+00'],
      ['0001-12-31 23:59:59.999999+00 BC', '0001-12-31 23:59:59.999999+00 BC'],
    ]),
    interval: texts('interval', [
      ['1 year 2 mons -3 days 04:05:06.789', '1 year 2 mons -3 days +04:05:06.789'],
      '-00:00:00.000001',
      '00:00:00',
      '178000000 years',
    ]),
    bytea: texts('bytea', [
      ['', '\\x'],
      ['\\x00ff0a', '\\x00ff0a'],
      ['\\x3d312b31', '\\x3d312b31'],
    ]),
    text: [...textColumn(), ["repeat('ü', 300)", 'ü'.repeat(300)]],
    'char(5)': [["'ab'::char(5)", 'ab   ']],
    'text[]': same([
      [`ARRAY['', NULL, 'NULL', E'a"b\\\\c', '{,}', E'tab\\t']`, '["",null,"NULL","a\\"b\\\\c","{,}","tab\\t"]'],
      [`'{}'::text[]`, '[]'],
    ]),
    'int8[]': same([[`ARRAY[9223372036854775807, NULL]::int8[]`, '[9223372036854775807,null]']]),
    'numeric[]': same([[`'{1.50,NaN,NULL,1e30}'::numeric[]`, `[1.50,"NaN",null,1${'0'.repeat(30)}]`]]),
    'bounds[]': [
      [`'[0:1]={5,6}'::int4[]`, '[0:1]=[5,6]'],
      [`'{{1,NULL},{3,4}}'::int4[]`, '[[1,null],[3,4]]'],
    ],
    json: same([
      [`'{"a":1.10,"a":2, "n":12345678901234567890}'::json`, '{"a":1.10,"a":2, "n":12345678901234567890}'],
      [`' [ 1 , null ] '::json`, ' [ 1 , null ] '],
    ]),
    jsonb: same([
      [
        `'${hugeJson}'::jsonb`,
        `{"n": 123456789012345678901234567890.12345678901234567890, "s": "<b>\\t", "n2": 1${'0'.repeat(400)}}`,
      ],
      [`'{"a":1, "a ":2, "A":3, "":4}'::jsonb`, '{"": 4, "A": 3, "a": 1, "a ": 2}'],
      [`'null'::jsonb`, 'null'],
      [`'"=1"'::jsonb`, '"=1"'],
    ]),
    uuid: texts('uuid', ['ffffffff-ffff-ffff-ffff-ffffffffffff']),
    inet: texts('inet', ['::1/64', '192.168.0.1/24']),
    bit: texts('varbit', ['', '000111']),
    money: texts('money', [['-92233720368547758.08', '-$92,233,720,368,547,758.08']]),
    xml: texts('xml', ['<a b="c">&amp;</a>']),
    range: texts('int4range', ['[1,5)', 'empty']),
    tstzrange: texts('tstzrange', [['[2026-01-01 00:00+00,)', '["2026-01-01 00:00:00+00",)']]),
    composite: [[`ROW(1, 'a "b"', NULL)::golden_pair`, '(1,"a ""b""",)']],
    enum: [
      [`'ä, "b"'::golden_mood`, 'ä, "b"'],
      [`''::golden_mood`, ''],
    ],
    tsvector: texts('tsvector', ["'a':1 'fat':2A"]),
    oid: numbers('oid', ['4294967295']),
    point: texts('point', ['(1.5,-2)']),
  },
  `SET timezone = 'UTC'; SET lc_monetary = 'C';
      CREATE TYPE pg_temp.golden_pair AS (a int, b text, c text); CREATE TYPE pg_temp.golden_mood AS ENUM ('z', '', 'ä, "b"');
   SET search_path = pg_temp, public`,
)

export const sqliteQuery: GoldenQuery = goldenQuery({
  integer: [
    ['-9223372036854775808', '-9223372036854775808', '-9223372036854775808'],
    ['9223372036854775807', '9223372036854775807', '9223372036854775807'],
    ['9007199254740993', '9007199254740993', '9007199254740993'],
  ],
  real: [
    ['0.1', '0.1', '0.1'],
    ['9e999', 'Infinity'],
    ['-9e999', '-Infinity'],
    ['5e-324', '5e-324', '5e-324'],
    ['1.7976931348623157e308', '1.7976931348623157e+308', '1.7976931348623157e+308'],
  ],
  text: [...textColumn(), ["'nul' || char(0) || 'inside'", 'nul\0inside']],
  blob: [
    ["x''", '\\x'],
    ["x'00ff0a'", '\\x00ff0a'],
  ],
  mixed: [
    ['9007199254740993', '9007199254740993'],
    ["'text'", 'text'],
    ["x'00ff'", '\\x00ff'],
    ['-1.5', '-1.5'],
    ["'=1+1'", '=1+1'],
  ],
})
