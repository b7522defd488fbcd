import fc from 'fast-check'
import { BatchBuilder } from '../../src/arrow/batch-builder.ts'
import type { ColumnValue } from '../../src/arrow/builder.ts'
import type { DataField, DataType } from '../../src/arrow/data-type.ts'
import { readColumns } from '../../src/arrow/read-columns.ts'
import type { RecordBatch } from '../../src/arrow/record-batch.ts'

/** A field and some values of it, nulls among them. */
export interface ArbitraryColumn {
  readonly field: DataField
  readonly values: readonly ColumnValue[]
}

/** Any type of ours, nested up to three deep. Names of struct fields differ, as flechette reads structs as objects. */
export const arbitraryType: fc.Arbitrary<DataType> = fc.letrec<{ type: DataType }>(tie => ({
  type: fc.oneof(
    { depthSize: 'small', maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<DataType>({ kind: 'bool' }, { kind: 'date' }, { kind: 'utf8' }, { kind: 'binary' }),
    plain({
      kind: fc.constant('int' as const),
      bits: fc.constantFrom(8 as const, 16 as const, 32 as const, 64 as const),
      signed: fc.boolean(),
    }),
    plain({ kind: fc.constant('float' as const), bits: fc.constantFrom(32 as const, 64 as const) }),
    fc
      .integer({ min: 1, max: 38 })
      .chain(precision =>
        fc.integer({ min: 0, max: precision }).map(scale => ({ kind: 'decimal' as const, precision, scale })),
      ),
    plain({ kind: fc.constant('time' as const), unit: fc.constantFrom('us' as const, 'ns' as const) }),
    plain({
      kind: fc.constant('timestamp' as const),
      unit: fc.constantFrom('s' as const, 'ms' as const, 'us' as const, 'ns' as const),
      timezone: fc.constantFrom('UTC' as const, null),
    }),
    tie('type').map(type => ({ kind: 'list' as const, item: nullable('item', type) })),
    fc
      .array(tie('type'), { minLength: 1, maxLength: 3 })
      .map(types => ({ kind: 'struct' as const, fields: types.map((type, index) => nullable(`f${index}`, type)) })),
    fc.tuple(tie('type'), tie('type')).map(([key, value]) => ({
      kind: 'map' as const,
      key: { name: 'key', type: key, nullable: false },
      value: nullable('value', value),
    })),
  ),
})).type

export const arbitraryColumn: fc.Arbitrary<ArbitraryColumn> = arbitraryType.chain(type =>
  fc.record({
    field: arbitraryField(type),
    values: fc.array(fc.option(arbitraryValue(type), { freq: 4 }), { maxLength: 40 }),
  }),
)

/** Columns of one batch: equally long. */
export const arbitraryColumns: fc.Arbitrary<readonly ArbitraryColumn[]> = fc
  .tuple(fc.array(arbitraryType, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 40 }))
  .chain(([types, length]) =>
    fc.tuple(
      ...types.map(type =>
        fc.record({
          field: arbitraryField(type),
          values: fc.array(fc.option(arbitraryValue(type), { freq: 4 }), { minLength: length, maxLength: length }),
        }),
      ),
    ),
  )

/** Never null. */
export function arbitraryValue(type: DataType): fc.Arbitrary<ColumnValue> {
  switch (type.kind) {
    case 'bool':
      return fc.boolean()
    case 'int':
      if (type.bits === 64) return type.signed ? int64 : fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
      return fc.integer(type.signed ? signedRange(type.bits) : { min: 0, max: 2 ** type.bits - 1 })
    case 'float':
      return type.bits === 32 ? fc.float() : fc.double()
    case 'decimal': {
      const most = 10n ** BigInt(type.precision) - 1n
      return fc.bigInt({ min: -most, max: most })
    }
    case 'date':
      return fc.integer(signedRange(32))
    case 'time':
      return fc.bigInt({ min: 0n, max: type.unit === 'us' ? 86_400_000_000n : 86_400_000_000_000n })
    case 'timestamp':
      return int64
    case 'utf8':
      return fc.oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 100 }))
    case 'binary':
      return fc.uint8Array({ maxLength: 30 })
    case 'list':
      return fc.array(fc.option(arbitraryValue(type.item.type)), { maxLength: 4 })
    case 'struct':
      return fc.tuple(...type.fields.map(field => fc.option(arbitraryValue(field.type))))
    case 'map':
      return fc.array(
        fc.tuple(arbitraryValue(type.key.type), fc.option(arbitraryValue(type.value.type))).map(entry => [...entry]),
        { maxLength: 3 },
      )
  }
}

export function batchOfColumns(columns: readonly ArbitraryColumn[]): RecordBatch {
  const builder = new BatchBuilder({ fields: columns.map(({ field }) => field) }, 4)
  const rowCount = columns[0]?.values.length ?? 0
  for (let row = 0; row < rowCount; row++) builder.appendRow(columns.map(({ values }) => values[row] ?? null))
  return builder.finish()
}

export function valuesOf(batch: RecordBatch): readonly (readonly ColumnValue[])[] {
  return readColumns(batch).map(column => Array.from({ length: batch.rowCount }, (_, row) => column.value(row)))
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

function arbitraryField(type: DataType): fc.Arbitrary<DataField> {
  const text = fc.string({ unit: 'grapheme', maxLength: 8 })
  const keys = fc.string({ minLength: 1, maxLength: 8 }).filter(key => key !== '__proto__')
  return fc
    .record(
      {
        name: text,
        type: fc.constant(type),
        nullable: fc.boolean(),
        sourceType: text,
        logical: fc.constantFrom('decimal' as const, 'json' as const, 'uuid' as const, 'enum' as const, 'wkb' as const),
        labels: fc.array(text, { maxLength: 3 }),
        metadata: fc.dictionary(keys, text, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
      },
      { requiredKeys: ['name', 'type', 'nullable'], noNullPrototype: true },
    )
    .map(field => field as DataField)
}

/** Objects as JSON makes them, so that they compare as equal to decoded ones. */
function plain<T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>
}

function signedRange(bits: 8 | 16 | 32): { readonly min: number; readonly max: number } {
  return { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }
}

function nullable(name: string, type: DataType): DataField {
  return { name, type, nullable: true }
}
