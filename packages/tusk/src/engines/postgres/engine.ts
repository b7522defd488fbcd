import { postgresDialect } from '../../dialect/postgres.ts'
import type { Engine } from '../../engine/engine.ts'
import { PostgresConnection } from './connection.ts'
import { fields, parsePostgresUrl, settingsOf } from './settings.ts'

export const postgresEngine: Engine = {
  id: 'postgres',
  label: 'PostgreSQL',
  fields,
  dialect: postgresDialect,
  hosting: { share: 'connection' },
  personal: { signIn: ['user', 'password'], role: 'role' },
  open: (config, options = {}) => PostgresConnection.open(settingsOf(config, options.applicationName), options),
  parseUrl: parsePostgresUrl,
}
