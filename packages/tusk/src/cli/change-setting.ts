import { existsSync } from 'node:fs'
import { localActor } from '../auth/actor.ts'
import { openAuth } from '../auth/open-auth.ts'
import { writeSetting } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import type { SettingKey } from '../home/settings.ts'

/** Changes one setting, on record where there is a log: which one, never its value. An empty text removes it. */
export async function changeSetting(home: Home, key: SettingKey, value: string): Promise<void> {
  const write = (): Promise<unknown> => writeSetting(home.path('config.toml'), key, value)
  const file = home.path('auth.db')
  if (!existsSync(file)) {
    await write()
    return
  }
  using auth = openAuth(file)
  await auth.audit.around(localActor, { action: 'setting.change', target: key }, write)
}
