import { BatchBuilder } from '../../src/arrow/batch-builder.ts'
import type { ColumnValue } from '../../src/arrow/builder.ts'
import type { DataField, DataType } from '../../src/arrow/data-type.ts'
import type { RecordBatch } from '../../src/arrow/record-batch.ts'
import type { Schema } from '../../src/arrow/schema.ts'

/**
 * The golden table: for each type values that software tends to spoil, with the exact text that grid, copy, CSV and command
 * line show and the exact JSON. `null` is always there too. Take it whole as one batch: `hostileBatch`.
 */
export interface HostileColumn {
  readonly field: DataField
  readonly cells: readonly HostileCell[]
}

export interface HostileCell {
  readonly value: ColumnValue
  readonly text: string | null
  readonly json: string
}

export const hostileColumns: readonly HostileColumn[] = [
  column('bool', { kind: 'bool' }, [
    [true, 'true', 'true'],
    [false, 'false', 'false'],
  ]),
  numbers('int8', { kind: 'int', bits: 8, signed: true }, [-128, 127, 0, -1]),
  numbers('int16', { kind: 'int', bits: 16, signed: true }, [-32768, 32767]),
  numbers('int32', { kind: 'int', bits: 32, signed: true }, [-2147483648, 2147483647]),
  numbers('int64', { kind: 'int', bits: 64, signed: true }, [
    -9223372036854775808n,
    9223372036854775807n,
    9007199254740991n,
    9007199254740992n,
    9007199254740993n,
    -9007199254740992n,
    -9007199254740993n,
    -1n,
    0n,
    4294967296n,
    -4294967297n,
  ]),
  numbers('uint8', { kind: 'int', bits: 8, signed: false }, [0, 255]),
  numbers('uint16', { kind: 'int', bits: 16, signed: false }, [65535]),
  numbers('uint32', { kind: 'int', bits: 32, signed: false }, [4294967295]),
  numbers('uint64', { kind: 'int', bits: 64, signed: false }, [18446744073709551615n, 9223372036854775808n, 0n]),
  column('float64', { kind: 'float', bits: 64 }, [
    [0, '0', '0'],
    [-0, '-0', '-0'],
    [0.1, '0.1', '0.1'],
    [0.1 + 0.2, '0.30000000000000004', '0.30000000000000004'],
    [1e308, '1e+308', '1e+308'],
    [1.7976931348623157e308, '1.7976931348623157e+308', '1.7976931348623157e+308'],
    [5e-324, '5e-324', '5e-324'],
    [1e21, '1e+21', '1e+21'],
    [123456789012345680000, '123456789012345680000', '123456789012345680000'],
    [9007199254740992, '9007199254740992', '9007199254740992'],
    [1e-7, '1e-7', '1e-7'],
    [Number.NaN, 'NaN', '"NaN"'],
    [Number.POSITIVE_INFINITY, 'Infinity', '"Infinity"'],
    [Number.NEGATIVE_INFINITY, '-Infinity', '"-Infinity"'],
  ]),
  column('float32', { kind: 'float', bits: 32 }, [
    [Math.fround(0.1), '0.1', '0.1'],
    [-0, '-0', '-0'],
    [16777216, '16777216', '16777216'],
    [Math.fround(16777217.5), '16777218', '16777218'],
    [Math.fround(3.4028234663852886e38), '3.4028235e+38', '3.4028235e+38'],
    [Math.fround(1.401298464324817e-45), '1e-45', '1e-45'],
    [Math.fround(1.17549435e-38), '1.1754944e-38', '1.1754944e-38'],
    [Math.fround(1 / 3), '0.33333334', '0.33333334'],
    [Number.NaN, 'NaN', '"NaN"'],
    [Number.NEGATIVE_INFINITY, '-Infinity', '"-Infinity"'],
  ]),
  column('decimal', { kind: 'decimal', precision: 38, scale: 10 }, [
    [0n, '0.0000000000', '0.0000000000'],
    [1n, '0.0000000001', '0.0000000001'],
    [-1n, '-0.0000000001', '-0.0000000001'],
    [15000000000n, '1.5000000000', '1.5000000000'],
    [10n ** 38n - 1n, '9999999999999999999999999999.9999999999', '9999999999999999999999999999.9999999999'],
    [1n - 10n ** 38n, '-9999999999999999999999999999.9999999999', '-9999999999999999999999999999.9999999999'],
    [90071992547409930000000000n, '9007199254740993.0000000000', '9007199254740993.0000000000'],
    [-(2n ** 53n), '-900719.9254740992', '-900719.9254740992'],
    [2n ** 64n, '1844674407.3709551616', '1844674407.3709551616'],
  ]),
  column('decimal whole', { kind: 'decimal', precision: 38, scale: 0 }, [
    [-(10n ** 37n), '-10000000000000000000000000000000000000', '-10000000000000000000000000000000000000'],
    [7n, '7', '7'],
  ]),
  column('decimal fraction', { kind: 'decimal', precision: 3, scale: 3 }, [
    [-5n, '-0.005', '-0.005'],
    [999n, '0.999', '0.999'],
  ]),
  texts('date', { kind: 'date' }, [
    [0, '1970-01-01'],
    [-1, '1969-12-31'],
    [19782, '2024-02-29'],
    [11016, '2000-02-29'],
    [-719162, '0001-01-01'],
    [-719163, '0001-12-31 BC'],
    [-735160, '0044-03-15 BC'],
    [2932896, '9999-12-31'],
    [2932897, '10000-01-01'],
    [2145042905, '5874897-12-31'],
    [-2440588, '4714-11-24 BC'],
    [2147483647, 'infinity'],
    [-2147483647, '-infinity'],
  ]),
  texts('time', { kind: 'time', unit: 'us' }, [
    [0n, '00:00:00'],
    [86400000000n, '24:00:00'],
    [86399999999n, '23:59:59.999999'],
    [500000n, '00:00:00.5'],
    [1n, '00:00:00.000001'],
  ]),
  texts('time ns', { kind: 'time', unit: 'ns' }, [
    [86399999999999n, '23:59:59.999999999'],
    [1n, '00:00:00.000000001'],
  ]),
  texts('timestamp', { kind: 'timestamp', unit: 'us', timezone: null }, [
    [0n, '1970-01-01 00:00:00'],
    [-1n, '1969-12-31 23:59:59.999999'],
    [1795464900123456n, '2026-11-23 20:15:00.123456'],
    [1795464900120000n, '2026-11-23 20:15:00.12'],
    [-62135596800000000n, '0001-01-01 00:00:00'],
    [-62135596800000001n, '0001-12-31 23:59:59.999999 BC'],
    [-63517757400000000n, '0044-03-15 18:30:00 BC'],
    [9223372036854775806n, '294247-01-10 04:00:54.775806'],
    [-210866803200000000n, '4714-11-24 00:00:00 BC'],
    [9223372036854775807n, 'infinity'],
    [-9223372036854775807n, '-infinity'],
  ]),
  texts('timestamptz', { kind: 'timestamp', unit: 'us', timezone: 'UTC' }, [
    [0n, '1970-01-01 00:00:00+00'],
    [1795464900123456n, '2026-11-23 20:15:00.123456+00'],
    [-62135596800000001n, '0001-12-31 23:59:59.999999+00 BC'],
    [9223372036854775807n, 'infinity'],
    [-9223372036854775807n, '-infinity'],
  ]),
  texts('timestamp ns', { kind: 'timestamp', unit: 'ns', timezone: null }, [
    [1795464900123456789n, '2026-11-23 20:15:00.123456789'],
    [-1n, '1969-12-31 23:59:59.999999999'],
    [9223372036854775806n, '2262-04-11 23:47:16.854775806'],
  ]),
  texts('timestamp ms', { kind: 'timestamp', unit: 'ms', timezone: null }, [
    [-1n, '1969-12-31 23:59:59.999'],
    [253402300800000n, '10000-01-01 00:00:00'],
  ]),
  texts('timestamp s', { kind: 'timestamp', unit: 's', timezone: null }, [[-1n, '1969-12-31 23:59:59']]),
  strings('text', undefined, [
    '',
    ' ',
    'NULL',
    'null',
    '\\N',
    'a,b;c|d',
    'tab\there',
    'line\nfeed',
    'carriage\rreturn',
    'both\r\n',
    '"',
    '""quoted""',
    "it's",
    'back\\slash',
    '\0',
    'nul\0inside',
    '=1+1',
    '+cmd',
    '-2+3',
    '@SUM(A1)',
    '\t=tab',
    '\r=carriage',
    "'already",
    '﹢ no formula',
    '＝1',
    '<script>alert(1)</script>',
    '&amp; | `code` *b* _i_ [x](y)',
    'é',
    'e\u0301',
    '\u00A0\u200B\u202Etxet',
    '\uFEFFbom',
    '😀',
    '👩‍👩‍👧‍👦',
    '漢字かな交じり文',
    '\u2028\u2029',
    '1e5',
    '007',
    '1/2',
    'true',
    '\u0001\u001F\u007F',
    'x'.repeat(5000),
    'ü'.repeat(5000),
  ]),
  strings('uuid', 'uuid', ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']),
  {
    field: {
      name: 'enum',
      type: { kind: 'utf8' },
      nullable: true,
      logical: 'enum',
      labels: ['z', 'a', '', 'ä, "b"'],
    },
    cells: withNull(['z', 'a', '', 'ä, "b"'].map(text => ({ value: text, text, json: JSON.stringify(text) }))),
  },
  column('numeric', { kind: 'utf8' }, hostileNumerics(), 'decimal'),
  strings('interval', 'interval', ['1 year 2 mons -3 days +04:05:06.789', '1 mon 3 days', '-00:00:01', '00:00:00']),
  strings('timetz', 'timetz', ['24:00:00-15:59:59', '04:05:06.789+02']),
  strings('bit', 'bit', ['', '0101']),
  strings('xml', 'xml', ['<a b="c">&amp;</a>']),
  strings('mixed', 'mixed', ['1', '-1.5', 'text', '\\x00ff', '=1']),
  column(
    'json',
    { kind: 'utf8' },
    [
      [
        '{"a":1.10,"a":2,"n":12345678901234567890}',
        '{"a":1.10,"a":2,"n":12345678901234567890}',
        '{"a":1.10,"a":2,"n":12345678901234567890}',
      ],
      [' [ 1 , 2 ] ', ' [ 1 , 2 ] ', ' [ 1 , 2 ] '],
      ['"=1"', '"=1"', '"=1"'],
      ['null', 'null', 'null'],
      ['not json', 'not json', '"not json"'],
      ['', '', '""'],
      ['{\n "a":\r\n 1}', '{\n "a":\r\n 1}', '{\n "a":\r\n 1}'],
    ],
    'json',
  ),
  column('binary', { kind: 'binary' }, [
    [new Uint8Array(0), '\\x', '"\\\\x"'],
    [Uint8Array.of(0), '\\x00', '"\\\\x00"'],
    [Uint8Array.of(10, 11, 0xff, 0x80), '\\x0a0bff80', '"\\\\x0a0bff80"'],
    [new Uint8Array(3000).fill(0xab), `\\x${'ab'.repeat(3000)}`, `"\\\\x${'ab'.repeat(3000)}"`],
  ]),
  column('wkb', { kind: 'binary' }, [[Uint8Array.of(1, 1, 0, 0, 0), '\\x0101000000', '"\\\\x0101000000"']], 'wkb'),
  same('list of int64', { kind: 'list', item: item({ kind: 'int', bits: 64, signed: true }) }, [
    [[], '[]'],
    [[null], '[null]'],
    [[9223372036854775807n, null, -9223372036854775808n], '[9223372036854775807,null,-9223372036854775808]'],
  ]),
  same('list of text', { kind: 'list', item: item({ kind: 'utf8' }) }, [
    [['', null, 'NULL', 'a"b\\c', '{,}', 'é'], '["",null,"NULL","a\\"b\\\\c","{,}","é"]'],
  ]),
  same(
    'list of list of decimal',
    { kind: 'list', item: item({ kind: 'list', item: item({ kind: 'decimal', precision: 10, scale: 2 }) }) },
    [[[[150n, null], [], null], '[[1.50,null],[],null]']],
  ),
  same('list of float', { kind: 'list', item: item({ kind: 'float', bits: 64 }) }, [
    [[Number.NaN, -0, 1e308], '["NaN",-0,1e+308]'],
  ]),
  same(
    'struct',
    {
      kind: 'struct',
      fields: [
        { name: 'a', type: { kind: 'date' }, nullable: true },
        { name: 'a', type: { kind: 'utf8' }, nullable: true },
        { name: '', type: { kind: 'binary' }, nullable: true },
        { name: 'list', type: { kind: 'list', item: item({ kind: 'bool' }) }, nullable: true },
      ],
    },
    [
      [[0, '"', Uint8Array.of(1), [true, null]], '{"a":"1970-01-01","a (2)":"\\"","":"\\\\x01","list":[true,null]}'],
      [[null, null, null, null], '{"a":null,"a (2)":null,"":null,"list":null}'],
    ],
  ),
  same('map of text', { kind: 'map', key: key({ kind: 'utf8' }), value: item({ kind: 'utf8' }) }, [
    [[], '{}'],
    [
      [
        ['a"b', null],
        ['', ''],
      ],
      '{"a\\"b":null,"":""}',
    ],
  ]),
  same(
    'map of int',
    {
      kind: 'map',
      key: key({ kind: 'int', bits: 32, signed: true }),
      value: item({ kind: 'decimal', precision: 5, scale: 1 }),
    },
    [
      [
        [
          [1, 10n],
          [-1, null],
        ],
        '[[1,1.0],[-1,null]]',
      ],
    ],
  ),
]

export const hostileSchema: Schema = { fields: hostileColumns.map(({ field }) => field) }

/** As many rows as the longest column; shorter ones end in NULLs. */
export const hostileRowCount = Math.max(...hostileColumns.map(({ cells }) => cells.length))

export function hostileCell(columnIndex: number, row: number): HostileCell {
  return hostileColumns[columnIndex]!.cells[row] ?? { value: null, text: null, json: 'null' }
}

export function hostileBatch(): RecordBatch {
  const builder = new BatchBuilder(hostileSchema, 8)
  for (let row = 0; row < hostileRowCount; row++) {
    builder.appendRow(hostileColumns.map((_, index) => hostileCell(index, row).value))
  }
  return builder.finish()
}

function column(
  name: string,
  type: DataType,
  cells: readonly (readonly [ColumnValue, string, string])[],
  logical?: DataField['logical'],
): HostileColumn {
  const field: DataField = { name, type, nullable: true, ...(logical === undefined ? {} : { logical }) }
  return { field, cells: withNull(cells.map(([value, text, json]) => ({ value, text, json }))) }
}

function numbers(name: string, type: DataType, values: readonly (number | bigint)[]): HostileColumn {
  return column(
    name,
    type,
    values.map(value => [value, String(value), String(value)]),
  )
}

function texts(name: string, type: DataType, cells: readonly (readonly [ColumnValue, string])[]): HostileColumn {
  return column(
    name,
    type,
    cells.map(([value, text]) => [value, text, `"${text}"`]),
  )
}

/** Nested values: the text is the JSON. */
function same(name: string, type: DataType, cells: readonly (readonly [ColumnValue, string])[]): HostileColumn {
  return column(
    name,
    type,
    cells.map(([value, text]) => [value, text, text]),
  )
}

function strings(name: string, logical: DataField['logical'], values: readonly string[]): HostileColumn {
  return column(
    name,
    { kind: 'utf8' },
    values.map(text => [text, text, JSON.stringify(text)]),
    logical,
  )
}

function hostileNumerics(): readonly (readonly [string, string, string])[] {
  const digits = `${'9'.repeat(500)}.${'1'.repeat(500)}`
  const plain = ['-0.10', '1.500', '170141183460469231731687303715884105727', digits]
  const odd = ['NaN', 'Infinity', '-Infinity']
  return [...plain.map(text => [text, text, text] as const), ...odd.map(text => [text, text, `"${text}"`] as const)]
}

/** NULL second, so that it lies between values. */
function withNull(cells: readonly HostileCell[]): readonly HostileCell[] {
  const [first, ...rest] = cells
  return [first!, { value: null, text: null, json: 'null' }, ...rest]
}

function item(type: DataType): DataField {
  return { name: 'item', type, nullable: true }
}

function key(type: DataType): DataField {
  return { name: 'key', type, nullable: false }
}
