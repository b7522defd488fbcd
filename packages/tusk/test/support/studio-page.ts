import { setTimeout as sleep } from 'node:timers/promises'
import type { Locator, Page } from '@playwright/test'

/** What a person does on the studio page, in words. */
export class StudioPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async open(address: string): Promise<void> {
    await this.page.goto(address)
    await this.page.locator('.cm-content').waitFor()
    await this.page.locator('[role=listbox][aria-label=Connections] [role=option]').first().waitFor()
  }

  /** Replaces the text of the editor. */
  async write(sql: string): Promise<void> {
    await this.page.locator('.cm-content').click()
    await this.page.keyboard.press('Control+a')
    await this.page.keyboard.insertText(sql)
  }

  /**
   * Puts text at the cursor as the clipboard does. For long texts: `insertText` makes Chromium build all the lines in the page at
   * once, which takes it minutes for a megabyte and is nothing that a person can do.
   */
  async paste(sql: string): Promise<void> {
    await this.page.evaluate(`(() => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', ${JSON.stringify(sql)})
      const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
      document.querySelector('.cm-content').dispatchEvent(paste)
    })()`)
  }

  async text(): Promise<string> {
    return (await this.page.locator('.cm-content .cm-line').allTextContents()).join('\n')
  }

  async choose(connection: string): Promise<void> {
    const option = this.page.locator('[role=listbox][aria-label=Connections] [role=option]', { hasText: connection })
    await option.click()
    await this.page.locator('.studio-connection-button', { hasText: connection }).waitFor()
  }

  /** Runs the statement at the cursor. */
  async run(): Promise<void> {
    await this.page.keyboard.press('Control+Enter')
  }

  /** Waits until the run is over and the bar over the shown result says so: `10 rows`, `cancelled`. */
  async outcome(text: string | RegExp, timeout = 60_000): Promise<void> {
    await this.page.locator('.studio-result-bar', { hasText: text }).waitFor({ timeout })
    await this.page.locator('.studio-run-bar[aria-busy=false]').waitFor({ timeout })
  }

  /** Text of a cell of the grid, by row and column from 0, once it is loaded. */
  async cell(row: number, column: number): Promise<string> {
    const cell = `.grid-row[aria-rowindex="${row + 2}"]:not([hidden]) .grid-cell[aria-colindex="${column + 2}"]:not([hidden])`
    return (await this.until(`(() => { const cell = document.querySelector('${cell}')
      return cell !== null && !cell.classList.contains('is-loading') && ${settled} ? cell.textContent : undefined })()`)) as string
  }

  /** Moves the mouse over a part of the page, away and back again, until what that shows is there. */
  async hoverUntil(part: Locator, position: { readonly x: number; readonly y: number }, shown: Locator): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt++) {
      await this.page.mouse.move(5, 5)
      await part.hover({ position })
      const came = await shown.waitFor({ timeout: 1_500 }).then(
        () => true,
        () => false,
      )
      if (came) return
    }
    await shown.waitFor({ timeout: 1 })
  }

  async focusGrid(): Promise<void> {
    await this.page.locator('[role=grid]').focus()
  }

  /** The value of `code` in the page as soon as it is not undefined. Polls: the page's policy forbids `waitForFunction`'s eval. */
  async until(code: string, timeout = 30_000): Promise<unknown> {
    const deadline = performance.now() + timeout
    for (;;) {
      const value: unknown = await this.page.evaluate(code)
      if (value !== undefined && value !== false && value !== null) return value
      if (performance.now() > deadline) throw new Error(`not within ${timeout} ms: ${code}`)
      await sleep(25)
    }
  }
}

const settled = `document.querySelector('[role=grid]').ariaBusy === 'false'`
