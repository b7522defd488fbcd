import { writeSetting } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import type { SettingKey } from '../home/settings.ts'
import { onRecord } from './on-record.ts'

/** Changes one setting, on record where there is a log: which one, never its value. An empty text removes it. */
export async function changeSetting(home: Home, key: SettingKey, value: string): Promise<void> {
  await onRecord(home, { action: 'setting.change', target: key }, () =>
    writeSetting(home.path('config.toml'), key, value),
  )
}
