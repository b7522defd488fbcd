import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createCopyWriter, quoteDelimited, uniqueNames } from '../../src/ui/web/grid/copy-format.ts'
import { planCopy } from '../../src/ui/web/grid/copy-plan.ts'
import { copyRows, hexText } from '../../src/ui/web/grid/copy-rows.ts'
import { GeneratedSource } from './support/generated-source.ts'

const range = (top: number, bottom: number, left: number, right: number) => ({ top, bottom, left, right })
const never = new AbortController().signal

describe('what several ranges are', () => {
  test('ranges of the same columns go below one another, in row order and never twice', () => {
    assert.deepEqual(planCopy([range(10, 12, 1, 2), range(0, 3, 1, 2), range(3, 4, 1, 2)]), {
      parts: [
        {
          spans: [
            { from: 0, end: 5 },
            { from: 10, end: 13 },
          ],
          places: [1, 2],
        },
      ],
      rows: 8,
      cells: 16,
    })
  })

  test('ranges of the same rows go beside one another', () => {
    const plan = planCopy([range(0, 9, 4, 5), range(0, 9, 1, 1)])
    assert.deepEqual(plan.parts, [{ spans: [{ from: 0, end: 10 }], places: [1, 4, 5] }])
    assert.equal(plan.cells, 30)
  })

  test('any others follow each other', () => {
    const plan = planCopy([range(5, 5, 1, 1), range(0, 1, 0, 0)])
    assert.equal(plan.parts.length, 2)
    assert.equal(plan.cells, 3)
    assert.deepEqual(planCopy([]), { parts: [], rows: 0, cells: 0 })
  })
})

describe('formats', () => {
  test('a pasted table has the cells that were copied', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', '\t', '\n', '\r', ' ', ',', 'ü'), minLength: 1 })
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 }), rows => {
        const text = rows.map(row => row.map(value => quoteDelimited(value, '\t')).join('\t')).join('\n')
        assert.deepEqual(parseTsv(text), rows)
      }),
    )
  })

  const fields = [
    { name: 'id', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
    { name: 'na"me', type: { kind: 'utf8' }, nullable: true },
  ] as const
  const rows = [
    [
      { text: '9007199254740993', json: () => '9007199254740993' },
      { text: "O'Hara|x\ny", json: () => '"O\'Hara|x\\ny"' },
    ],
    [
      { text: '-1', json: () => '-1' },
      { text: null, json: () => 'null' },
    ],
  ]
  const write = (format: Parameters<typeof createCopyWriter>[0]) => {
    const writer = createCopyWriter(format)
    return writer.begin(fields) + rows.map((row, index) => writer.row(row, index === 0)).join('') + writer.end()
  }

  test('each format writes values exactly', () => {
    assert.equal(write('tsv'), '9007199254740993\t"O\'Hara|x\ny"\n-1\t')
    assert.equal(write('tsv-headers'), 'id\t"na""me"\n9007199254740993\t"O\'Hara|x\ny"\n-1\t')
    assert.equal(write('csv'), 'id,"na""me"\n9007199254740993,"O\'Hara|x\ny"\n-1,')
    assert.equal(
      write('json'),
      '[\n  {"id": 9007199254740993, "na\\"me": "O\'Hara|x\\ny"},\n  {"id": -1, "na\\"me": null}\n]',
    )
    assert.equal(
      write('markdown'),
      '| id | na"me |\n| ---: | --- |\n| 9007199254740993 | O\'Hara\\|x<br>y |\n| -1 | NULL |\n',
    )
    assert.equal(
      write('insert'),
      'INSERT INTO "table_name" ("id", "na""me") VALUES\n  (9007199254740993, \'O\'\'Hara|x\ny\'),\n  (-1, NULL);\n',
    )
    assert.equal(write('in-list'), "(9007199254740993, 'O''Hara|x\ny', -1)")
  })

  test('names for JSON and INSERT are unique and never empty', () => {
    assert.deepEqual(uniqueNames(['a', '', 'a', 'a (2)', '']), ['a', 'column 2', 'a (2)', 'a (2) (2)', 'column 5'])
  })

  test('bytes have the text they have everywhere', () => {
    assert.equal(hexText(Uint8Array.of(0, 10, 255)), '\\x000aff')
  })
})

describe('reading through windows', () => {
  test('any size comes whole and in order, with progress', async () => {
    const source = new GeneratedSource({ rows: 30_000, delay: 0 })
    const plan = planCopy([range(100, 20_099, 0, 3)])
    const progress: number[] = []
    const writer = createCopyWriter('tsv')
    const text = (
      await copyRows(
        source,
        plan,
        writer,
        place => place,
        never,
        rows => progress.push(rows),
      )
    ).join('')
    const lines = parseTsv(text)
    assert.equal(lines.length, 20_000)
    assert.deepEqual(
      lines[0],
      [0, 1, 2, 3].map(column => source.text(100, column) ?? ''),
    )
    assert.deepEqual(
      lines.at(-1),
      [0, 1, 2, 3].map(column => source.text(20_099, column) ?? ''),
    )
    assert.equal(progress.at(-1), 20_000)
    assert.ok(progress.length > 2)
  })

  test('values that come cut in a window are fetched whole', async () => {
    const source = new GeneratedSource({ rows: 10, delay: 0 })
    source.longest = 700_000
    const pieces = await copyRows(source, planCopy([range(3, 3, 1, 1)]), createCopyWriter('tsv'), place => place, never)
    assert.equal(pieces.join('').length, 700_000)
  })

  test('an abort ends it', async () => {
    const source = new GeneratedSource({ rows: 1_000_000, delay: 1 })
    const controller = new AbortController()
    const copying = copyRows(
      source,
      planCopy([range(0, 500_000, 0, 1)]),
      createCopyWriter('tsv'),
      place => place,
      controller.signal,
      () => controller.abort(),
    )
    await assert.rejects(copying, { name: 'AbortError' })
  })
})

/** As spreadsheets read it. */
function parseTsv(text: string): string[][] {
  const rows: string[][] = [[]]
  let at = 0
  for (;;) {
    let cell = ''
    if (text[at] === '"') {
      for (at++; at < text.length; at++) {
        if (text[at] !== '"') cell += text[at]
        else if (text[at + 1] === '"') cell += text[at++]
        else break
      }
      at++
    } else while (at < text.length && text[at] !== '\t' && text[at] !== '\n') cell += text[at++]
    rows.at(-1)!.push(cell)
    if (at >= text.length) return rows
    if (text[at++] === '\n') rows.push([])
  }
}
