// #region job
import type { Job } from 'tuskdata/plugin'
import { greetAll } from './storage.ts'

export const greetJob: Job = {
  id: 'greet',
  label: 'Greet everybody',
  schedule: '@daily',
  deadlineMs: 60_000,
  async run(tusk, { signal }) {
    signal.throwIfAborted()
    const count = greetAll(tusk.storage)
    tusk.notify('greeted', { title: `${count} people were greeted`, variant: 'success', link: '/hello' })
  },
}
// #endregion
