import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  BatchBuilder,
  BooleanBuilder,
  type ColumnBuilder,
  type ColumnValue,
  createBuilder,
  type DataType,
  FixedWidthBuilder,
  ListBuilder,
  MapBuilder,
  readColumns,
  StructBuilder,
  VariableWidthBuilder,
} from '../../src/arrow/index.ts'
import { TuskError } from '../../src/errors.ts'
import { valuesOf } from './arbitrary-columns.ts'

suite('builders', () => {
  const misfits: readonly (readonly [DataType, readonly ColumnValue[]])[] = [
    [{ kind: 'bool' }, [1, 'true']],
    [{ kind: 'int', bits: 8, signed: true }, [128, -129, 1.5, Number.NaN, '1', true, 2n ** 70n]],
    [{ kind: 'int', bits: 8, signed: false }, [256, -1]],
    [{ kind: 'int', bits: 32, signed: false }, [2 ** 32, -1]],
    [{ kind: 'int', bits: 64, signed: true }, [2n ** 63n, -(2n ** 63n) - 1n, 2 ** 53, 0.5]],
    [{ kind: 'int', bits: 64, signed: false }, [-1n, 2n ** 64n]],
    [{ kind: 'float', bits: 32 }, [1e39, '1', 1n]],
    [{ kind: 'float', bits: 64 }, ['1', 1n]],
    [{ kind: 'decimal', precision: 3, scale: 1 }, [1000n, -1000n, 1.5]],
    [{ kind: 'date' }, [2 ** 31, 0.5]],
    [{ kind: 'timestamp', unit: 'us', timezone: null }, [2n ** 63n]],
    [{ kind: 'utf8' }, [1, true, []]],
    [{ kind: 'binary' }, ['text', 1]],
    [{ kind: 'list', item: field({ kind: 'bool' }) }, [true, [1]]],
    [{ kind: 'struct', fields: [field({ kind: 'bool' })] }, [[], [true, true], true]],
    [{ kind: 'map', key: field({ kind: 'utf8' }), value: field({ kind: 'bool' }) }, [[['a']], [[null, true]], ['a']]],
  ]
  for (const [type, values] of misfits) {
    test(`${JSON.stringify(type)} refuses what does not fit`, () => {
      for (const value of values) {
        assert.throws(
          () => createBuilder(field(type), 4).append(value),
          (error: unknown) => error instanceof TuskError && error.code === 'VALUE_OUT_OF_RANGE',
          String(value),
        )
      }
    })
  }

  test('a scalar that was refused leaves the column as it was', () => {
    const builder = createBuilder(field({ kind: 'int', bits: 8, signed: true }), 4)
    builder.append(1)
    assert.throws(() => builder.append(1000))
    builder.append(2)
    assert.deepStrictEqual(finish(builder), [1, 2])
  })

  test('whole numbers may come as number or bigint', () => {
    const narrow = createBuilder(field({ kind: 'int', bits: 32, signed: true }), 2)
    narrow.append(5n)
    assert.deepStrictEqual(finish(narrow), [5])
    const wide = createBuilder(field({ kind: 'int', bits: 64, signed: true }), 2)
    wide.append(5)
    assert.deepStrictEqual(finish(wide), [5n])
  })

  test('what was handed on does not change when the builder goes on', () => {
    for (const type of [
      { kind: 'utf8' },
      { kind: 'list', item: field({ kind: 'utf8' }) },
      { kind: 'map', key: field({ kind: 'utf8' }), value: field({ kind: 'utf8' }) },
      { kind: 'struct', fields: [field({ kind: 'utf8' })] },
    ] satisfies DataType[]) {
      const value: ColumnValue =
        type.kind === 'utf8' ? 'one' : type.kind === 'map' ? [['one', 'two']] : type.kind === 'list' ? ['one'] : ['one']
      const builder = new BatchBuilder({ fields: [field(type)] }, 2)
      for (const row of [value, null, value]) builder.appendRow([row])
      const batch = builder.finish()
      for (let row = 0; row < 10; row++) builder.appendRow([null])
      assert.equal(builder.finish().rowCount, 10)
      assert.deepStrictEqual(valuesOf(batch), [[value, null, value]])
    }
  })

  test('hot paths write the arrays themselves', () => {
    const numbers = new FixedWidthBuilder(field({ kind: 'int', bits: 32, signed: true }), 4)
    numbers.i32.set([7, 0, 9])
    numbers.setNull(1)
    numbers.length = 3
    assert.deepStrictEqual(finish(numbers), [7, null, 9])

    const booleans = new BooleanBuilder(field({ kind: 'bool' }), 4)
    booleans.bits[0] = 0b101
    booleans.length = 3
    assert.deepStrictEqual(finish(booleans), [true, false, true])

    const texts = new VariableWidthBuilder(field({ kind: 'utf8' }), 4)
    for (const [row, text] of ['é', 'x'.repeat(1000), ''].entries()) {
      const encoded = new TextEncoder().encode(text)
      texts.reserve(encoded.length).set(encoded, texts.used)
      texts.used += encoded.length
      texts.offsets[row + 1] = texts.used
    }
    texts.setNull(2)
    texts.length = 3
    assert.deepStrictEqual(finish(texts), ['é', 'x'.repeat(1000), null])

    const list = createBuilder(field({ kind: 'list', item: field({ kind: 'bool' }) }), 4) as ListBuilder
    list.child.append(true)
    list.closeRow()
    list.closeRow()
    assert.deepStrictEqual(finish(list), [[true], []])
  })

  test('createBuilder gives the class of the type', () => {
    assert.ok(createBuilder(field({ kind: 'date' }), 1) instanceof FixedWidthBuilder)
    assert.ok(createBuilder(field({ kind: 'binary' }), 1) instanceof VariableWidthBuilder)
    assert.ok(createBuilder(field({ kind: 'list', item: field({ kind: 'bool' }) }), 1) instanceof ListBuilder)
    assert.ok(createBuilder(field({ kind: 'struct', fields: [] }), 1) instanceof StructBuilder)
    const map: DataType = { kind: 'map', key: field({ kind: 'utf8' }), value: field({ kind: 'bool' }) }
    assert.ok(createBuilder(field(map), 1) instanceof MapBuilder)
  })

  test('capacity grows and keeps what is there', () => {
    for (const type of [{ kind: 'bool' }, { kind: 'date' }, { kind: 'utf8' }] satisfies DataType[]) {
      const builder = createBuilder(field(type), 1)
      const values = Array.from({ length: 1000 }, (_, row) =>
        row % 3 === 0 ? null : type.kind === 'bool' ? row % 2 === 0 : type.kind === 'date' ? row : `row ${row}`,
      )
      for (const value of values) builder.append(value)
      assert.ok(builder.byteLength > 0)
      assert.deepStrictEqual(finish(builder), values)
    }
  })

  test('lone surrogates become the replacement character, so stored text is always UTF-8', () => {
    const builder = createBuilder(field({ kind: 'utf8' }), 1)
    builder.append('a\uD800b')
    assert.deepStrictEqual(finish(builder), ['a\uFFFDb'])
  })

  test('more than 2 GiB of text in one batch is refused', () => {
    const builder = new VariableWidthBuilder(field({ kind: 'utf8' }), 1)
    builder.used = 2 ** 31 - 2
    assert.throws(
      () => builder.reserve(2),
      (error: unknown) => error instanceof TuskError && error.code === 'TOO_LARGE',
    )
  })
})

function field(type: DataType) {
  return { name: 'a', type, nullable: true }
}

function finish(builder: ColumnBuilder): readonly ColumnValue[] {
  const rowCount = builder.length
  const [column] = readColumns({ schema: { fields: [builder.field] }, rowCount, ...builder.finish() })
  assert.equal(builder.length, 0)
  return Array.from({ length: rowCount }, (_, row) => column!.value(row))
}
