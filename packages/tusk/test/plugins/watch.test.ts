import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { Home } from '../../src/home/home.ts'
import { startStudio } from '../../src/studio.ts'
import { writePlugin } from '../support/plugin-folder.ts'
import { until } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const code = (word: string) => `
import { word } from './word.js'
export default {
  id: 'shop',
  templates: new URL('./t/', import.meta.url),
  routes(app) {
    app.get('/p/shop', { config: { permission: 'authenticated' } }, (request, reply) => reply.page('plugins/shop/page.html', { word: word + '${word}' }))
  },
}`

test('code, the modules it imports, templates and classes are read again when they change', async context => {
  const folder = writePlugin(temporaryDirectory(context), {
    'index.js': code('one'),
    'word.js': "export const word = 'inner-one '",
    't/page.html': '{% extends layout %}{% block main %}<p class="mt-[11px]">first {{ word }}</p>{% endblock %}',
  })
  const said: string[] = []
  await using studio = await startStudio({
    home: Home.open(temporaryDirectory(context)),
    host: '127.0.0.1',
    port: 0,
    samples: false,
    log: pino({ level: 'silent' }),
    plugins: { folders: [folder] },
    watch: true,
    say: text => said.push(text),
  })
  const page = async () => (await fetch(`${studio.address}/p/shop`)).text()
  const change = async (name: string, text: string) => {
    const before = said.length
    writeFileSync(join(folder, name), text)
    await until(() => said.length > before, `${name} is read again: ${said.join('; ')}`)
  }
  assert.match(await page(), /first inner-one one/)

  await change('index.js', code('two'))
  assert.match(await page(), /first inner-one two/)
  await change('word.js', "export const word = 'inner-two '")
  assert.match(await page(), /first inner-two two/)
  await change(
    't/page.html',
    '{% extends layout %}{% block main %}<p class="mt-[13px]">second {{ word }}</p>{% endblock %}',
  )
  const html = (await page()).replaceAll('&#x2f;', '/')
  assert.match(html, /second inner-two two/)
  const sheet = /\/static\/style\/[0-9a-f]+\.css/.exec(html)?.[0]
  assert.match(await (await fetch(`${studio.address}${sheet}`)).text(), /13px/)

  await change('index.js', 'export default {')
  assert.match(said.at(-1) ?? '', /failed/)
  assert.equal((await fetch(`${studio.address}/p/shop`)).status, 404)
  await change('index.js', code('three'))
  assert.match(await page(), /second inner-two three/)
})
