import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { componentsFeature } from '../../../src/features/components/feature.ts'
import { browserMissing, webGl, withBrowser } from '../../support/browser.ts'
import { startTestServer } from '../../support/test-server.ts'

interface Drawn {
  readonly kinds: readonly string[]
  readonly background: string
  readonly point: string
  readonly line: string
  readonly area: string
}

suite('the map component in a browser', { skip: browserMissing ?? false }, () => {
  for (const colorScheme of ['dark', 'light'] as const)
    test(`${colorScheme}: points, lines and areas are drawn, and fill their box`, async () => {
      await using server = await startTestServer([componentsFeature])
      await withBrowser(
        async ({ page, screenshot }) => {
          await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
          await page.goto(`${server.address}/components`)
          const map = page.locator('#stores-map')
          await map.scrollIntoViewIfNeeded()
          await page.locator('#stores-map[data-map-state=ready]').waitFor()
          const height = await page.locator('#stores-map > .map-surface').evaluate('element => element.clientHeight')
          assert.equal(height, await map.evaluate('element => element.clientHeight'))
          const drawn = await page.evaluate<Drawn>(readMap)
          assert.deepEqual(drawn.kinds, ['LineString', 'Point', 'Polygon'])
          for (const place of ['point', 'line', 'area'] as const)
            assert.notEqual(drawn[place], drawn.background, `${place} has another colour than the background`)
          await screenshot(`map-${colorScheme}`)
        },
        { colorScheme, browserArguments: webGl },
      )
    })
})

/** Pixels are read while the map draws: afterwards its buffer is gone. */
const readMap = `(async () => {
  const map = await tuskMap('stores-map')
  const { promise, resolve } = Promise.withResolvers()
  map.once('render', () => {
    const canvas = map.getCanvas()
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height })
    const pixels = copy.getContext('2d')
    pixels.drawImage(canvas, 0, 0)
    const colorAt = place => {
      const { x, y } = map.project(place)
      const ratio = canvas.width / canvas.clientWidth
      return pixels.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data.join()
    }
    const west = map.project([2.35, 48.86])
    const east = map.project([13.4, 52.5])
    resolve({
      kinds: [...new Set(map.queryRenderedFeatures({ layers: ['points', 'lines', 'areas'] }).map(feature => feature.geometry.type))].sort(),
      background: colorAt([15, 55]),
      point: colorAt([13.4, 52.5]),
      line: colorAt(map.unproject([(west.x + east.x) / 2, (west.y + east.y) / 2])),
      area: colorAt([8, 46]),
    })
  })
  map.triggerRepaint()
  return promise
})()`
