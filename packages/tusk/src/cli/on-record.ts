import { existsSync } from 'node:fs'
import { localActor } from '../auth/actor.ts'
import type { AuditNews } from '../auth/audit.ts'
import { openAuth } from '../auth/open-auth.ts'
import type { Home } from '../home/home.ts'

/** Does what the operator asks for, on record as `Audit.around` says; where there are no people there is no record. */
export async function onRecord<T>(home: Home, news: AuditNews, work: () => Promise<T>): Promise<T> {
  const file = home.path('auth.db')
  if (!existsSync(file)) return await work()
  using auth = openAuth(file)
  return await auth.audit.around(localActor, news, work)
}
