// #region conform
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { conformPlugin } from 'tuskdata/testing'

const folder = mkdtempSync(join(tmpdir(), 'tusk-hello-'))
after(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'people.json'), '[{"n": 1, "name": "Ada"}, {"n": 2, "name": "Grace"}]')

conformPlugin(join(import.meta.dirname, '..'), {
  engines: { 'hello-json': { path: join(folder, 'people.json') } },
  requests: {
    'GET /hello/people': { path: '/hello/people?q=ada' },
    'POST /hello/people': { form: { name: 'Linus' } },
    'DELETE /hello/people/:id': { path: '/hello/people/1' },
  },
})
// #endregion
