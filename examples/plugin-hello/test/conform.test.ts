// #region conform
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conformPlugin } from 'tuskdata/testing'

const file = join(tmpdir(), `tusk-hello-${process.pid}.json`)
writeFileSync(file, '[{"n": 1, "name": "Ada"}, {"n": 2, "name": "Grace"}]')

conformPlugin(join(import.meta.dirname, '..'), { engines: { 'hello-json': { path: file } } })
// #endregion
