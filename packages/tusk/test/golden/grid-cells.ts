import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from '@playwright/test'

export interface ShownCell {
  readonly text: string
  readonly isNull: boolean
}

/** Every cell of the shown grid, found by scrolling over all of it: `[row][column]`. */
export async function gridCells(page: Page, rows: number, columns: number): Promise<readonly (readonly ShownCell[])[]> {
  const cells: ShownCell[][] = Array.from({ length: rows }, () => [])
  const end = performance.now() + 60_000
  const missing = (): [number, number] | undefined => {
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) if (cells[row]![column] === undefined) return [row, column]
    return undefined
  }
  await page.evaluate(`(() => { const scroller = document.querySelector('.grid-scroller')
    scroller.scrollLeft = 0; scroller.scrollTop = 0 })()`)
  let still = 0
  while (missing() !== undefined) {
    if (performance.now() > end) throw new Error(`the grid never showed row ${missing()?.join(', column ')}`)
    const found = (await page.evaluate(readShown)) as readonly [number, number, string, boolean][]
    let isNew = false
    for (const [row, column, text, isNull] of found) {
      isNew ||= cells[row]![column] === undefined
      cells[row]![column] = { text, isNull }
    }
    still = isNew ? 0 : still + 1
    if (still > 4) {
      await page.evaluate(scrollOn)
      still = 0
    }
    await sleep(20)
  }
  return cells
}

/** The size that stands before binary and cut cells is not part of the value. */
const readShown = `[...document.querySelectorAll('.grid-row:not([hidden]) .grid-cell:not([hidden])')]
  .filter(cell => !cell.classList.contains('is-loading') && !cell.classList.contains('is-failed'))
  .map(cell => [Number(cell.closest('.grid-row').ariaRowIndex) - 2, Number(cell.ariaColIndex) - 2,
    [...cell.childNodes].filter(node => node.className !== 'grid-size').map(node => node.textContent).join(''),
    cell.classList.contains('is-null')])`

const scrollOn = `(() => {
  const scroller = document.querySelector('.grid-scroller')
  const before = scroller.scrollLeft
  scroller.scrollLeft += scroller.clientWidth / 2
  if (scroller.scrollLeft !== before) return
  scroller.scrollLeft = 0
  scroller.scrollTop += scroller.clientHeight / 2
})()`
