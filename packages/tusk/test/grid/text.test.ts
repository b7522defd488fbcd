import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { byteSize } from '../../src/ui/web/grid/byte-size.ts'
import {
  addDecimals,
  compareDecimals,
  decimalText,
  divideDecimal,
  parseDecimal,
} from '../../src/ui/web/grid/decimal.ts'
import { hexDump } from '../../src/ui/web/grid/hex-dump.ts'
import { prettyJsonText } from '../../src/ui/web/grid/json-text.ts'
import { SelectionSummarizer } from '../../src/ui/web/grid/selection-summary.ts'
import { isPlainText, maxCellText, shorten, visiblePieces } from '../../src/ui/web/grid/visible-text.ts'

const shown = (text: string) =>
  visiblePieces(text)
    .map(piece => (piece.isMark ? `[${piece.text}]` : piece.text))
    .join('')

describe('text in one line', () => {
  test('line breaks, tabs, blanks at the ends and invisible characters are seen', () => {
    assert.equal(shown('a\nb\r\tc'), 'a[↵]b[␍][⇥]c')
    assert.equal(shown('  a b  c '), '[··]a b[··]c[·]')
    assert.equal(shown('\u0000\u202eabc\u200b\u00a0'), '[␀][‹202E›]abc[‹200B›][⍽]')
  })

  test('plain text has no marks and nothing is lost', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        if (isPlainText(text)) assert.ok(visiblePieces(text).every(piece => !piece.isMark))
        else assert.ok(visiblePieces(text).some(piece => piece.isMark))
      }),
    )
  })

  test('long text is cut, never within a character', () => {
    const text = 'x'.repeat(maxCellText - 1) + '😀'.repeat(3)
    assert.equal(shorten(text), 'x'.repeat(maxCellText - 1))
    assert.equal(shorten('short'), 'short')
  })
})

describe('JSON as text', () => {
  test('numbers, escapes and repeated keys stay as they are', () => {
    const text = '{"a":12345678901234567890.10,"a":"\\u00e4 \\" , {","c":[],"d":{},"e":[1,{"f":null}]}'
    assert.equal(
      prettyJsonText(text),
      '{\n  "a": 12345678901234567890.10,\n  "a": "\\u00e4 \\" , {",\n  "c": [],\n  "d": {},\n  "e": [\n    1,\n    {\n      "f": null\n    }\n  ]\n}',
    )
  })

  test('formatting any JSON is what JSON.stringify makes of it', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        const value: unknown = JSON.parse(text)
        assert.equal(prettyJsonText(JSON.stringify(value)), JSON.stringify(value, null, 2))
      }),
    )
  })

  test('text that ends early or is no JSON loses nothing but blanks', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        assert.equal(prettyJsonText(text).replace(/\s/g, ''), text.replace(/\s/g, ''))
      }),
    )
    assert.equal(prettyJsonText('{"a": "half'), '{\n  "a": "half')
  })
})

describe('sums', () => {
  test('decimals add, compare and print exactly', () => {
    const integers = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })
    fc.assert(
      fc.property(integers, integers, (one, other) => {
        const [a, b] = [parseDecimal(String(one))!, parseDecimal(String(other))!]
        assert.equal(decimalText(addDecimals(a, b)).replaceAll(',', ''), String(one + other))
        assert.equal(compareDecimals(a, b), one < other ? -1 : one > other ? 1 : 0)
      }),
    )
    assert.deepEqual(parseDecimal('-1.50e-3'), { unscaled: -150n, scale: 5 })
    assert.deepEqual(parseDecimal('2E3'), { unscaled: 2000n, scale: 0 })
    for (const text of ['NaN', 'Infinity', '', '.', '1e', '0x10', '1e99999'])
      assert.equal(parseDecimal(text), null, text)
    assert.equal(decimalText({ unscaled: -123456789n, scale: 2 }), '-1,234,567.89')
    assert.equal(decimalText({ unscaled: 5n, scale: 3 }), '0.005')
    assert.equal(divideDecimal({ unscaled: 10n, scale: 0 }, 3).isExact, false)
  })

  test('a selection is summed up exactly, with what is left out', () => {
    const summarizer = new SelectionSummarizer()
    for (const text of ['9007199254740993', '0.1', '0.2', null, 'NaN']) summarizer.add(text, true)
    summarizer.add('text', false)
    assert.deepEqual(summarizer.finish(), {
      count: 5,
      numbers: {
        sum: '9,007,199,254,740,993.3',
        average: '3,002,399,751,580,331.1',
        min: '0.1',
        max: '9,007,199,254,740,993',
        leftOut: 1,
      },
    })
    const thirds = new SelectionSummarizer()
    for (const text of ['1', '1', '0']) thirds.add(text, true)
    assert.equal(thirds.finish().numbers?.average, '≈ 0.666667')
  })
})

test('bytes are dumped with offset and ASCII', () => {
  const bytes = new TextEncoder().encode('Tusk\n0123456789ABCDEF')
  assert.equal(
    hexDump(bytes),
    [
      '00000000  54 75 73 6b 0a 30 31 32  33 34 35 36 37 38 39 41  Tusk.0123456789A',
      '00000010  42 43 44 45 46                                    BCDEF',
    ].join('\n'),
  )
})

test('sizes are short and in powers of ten', () => {
  assert.deepEqual([0, 999, 1000, 9_949, 999_499, 999_500, 104_857_600].map(byteSize), [
    '0 B',
    '999 B',
    '1.0 kB',
    '9.9 kB',
    '999 kB',
    '1.0 MB',
    '105 MB',
  ])
})
