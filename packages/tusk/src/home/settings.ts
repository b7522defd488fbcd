/** Every setting of config.toml: its place, type, limits, default and meaning. `tusk config` and the settings page are drawn from it. */
export const settings = {
  'server.host': text('127.0.0.1', 'Address to listen on. Another than loopback needs an access token.'),
  'server.port': number(8000, 0, 65535, 'Port to listen on; 0 picks a free one.'),
  'postgresql.bin_path': text('', 'Directory with pg_dump and psql; empty: found by itself.'),
  'ui.theme': choice(
    'dark',
    ['dark', 'light', 'system'],
    'Colours of the first visit; each browser remembers its own.',
  ),
  'ui.editor_font_size': number(13, 9, 32, 'Font size of the SQL editor in pixels, for those who chose none.'),
  'auth.mode': choice(
    'single',
    ['single', 'multi'],
    'Who may use this Tusk: single is one person, without login, on this machine; multi is people with names and passwords (tusk auth enable).',
  ),
  'auth.session_lifetime': number(86_400, 60, 31_536_000, 'Seconds after which a login ends.'),
  'auth.idle_minutes': number(480, 1, 525_600, 'Minutes without any request after which a login ends.'),
  'auth.remember_days': number(30, 0, 365, 'Days that “Stay signed in” lasts; 0: the login page does not offer it.'),
  'auth.audit_days': number(365, 1, 36_500, 'Days that the audit log is kept.'),
  'server.trusted_proxies': text(
    '',
    'Addresses of proxies in front of Tusk, with commas: their X-Forwarded-… headers are believed.',
  ),
  'server.public_url': text(
    '',
    'Address under which people reach this Tusk through a proxy, as https://tusk.example.org; its name is answered to. Needed for oidc.issuer.',
  ),
  'oidc.issuer': text('', 'Issuer of the OpenID Connect provider that people may sign in with; empty: none.'),
  'oidc.client_id': text('', 'What the provider calls this Tusk.'),
  'oidc.client_secret_file': text(
    '',
    'File with the secret that the provider gave this Tusk; TUSK_OIDC_CLIENT_SECRET does the same. Neither: a public client.',
  ),
  'oidc.label': text('single sign-on', 'Name of the provider on the login page: Sign in with …'),
  'oidc.scopes': text('openid profile email', 'What the provider is asked for, separated by spaces.'),
  'oidc.name_claim': text('preferred_username', 'Claim that names a person who comes for the first time.'),
  'oidc.groups_claim': text('groups', 'Claim that lists the groups of a person; see “claim” of a group.'),
  'oidc.people': choice(
    'create',
    ['create', 'known'],
    'Who may come in by the provider: create makes an account for whoever is new, known lets in only people that have one linked.',
  ),
  'proxy_login.header': text(
    '',
    'Header in which a proxy names the person that it let through, as Remote-User; empty: none is believed.',
  ),
  'proxy_login.addresses': text('', 'Addresses of the proxies that may do so, with commas.'),
  'proxy_login.groups_header': text('', 'Header in which the proxy lists groups, with commas; see “claim” of a group.'),
  'proxy_login.people': choice(
    'known',
    ['known', 'create'],
    'known lets in only people of this Tusk, create makes an account for whoever is new.',
  ),
  'query.timeout': number(0, 0, 604_800, 'Seconds after which Tusk stops a statement; 0: never.'),
  'query.max_rows': number(0, 0, 1e12, 'Rows stored of one result; 0: no limit but the quota.'),
  'query.transaction_idle_seconds': number(
    900,
    0,
    604_800,
    'Seconds after which the open transaction of a tab that runs nothing is rolled back; 0: with its session.',
  ),
  'query.session_idle_minutes': number(30, 1, 10_080, 'Minutes after which an unused session of a tab is closed.'),
  'hosts.idle_seconds': number(
    60,
    1,
    86_400,
    'Seconds after which a process without work ends and lets go of its database file.',
  ),
  'results.quota_mb': number(10_240, 16, 1e9, 'Space for stored results in MB; the oldest go first.'),
  'results.max_age_days': number(30, 1, 3_650, 'Days after which an unpinned result is removed.'),
  'duckdb.memory_limit_mb': number(0, 0, 1e7, 'Memory of one DuckDB process in MB; 0: a quarter of this machine.'),
  'duckdb.threads': number(0, 0, 1_024, 'Threads of one DuckDB process; 0: all cores.'),
} as const satisfies Record<string, Setting>

export type SettingKey = keyof typeof settings

/** Names that the older Tusk used for some keys. */
export const settingAliases: Readonly<Record<string, SettingKey>> = {
  pg_bin_path: 'postgresql.bin_path',
  host: 'server.host',
  port: 'server.port',
  theme: 'ui.theme',
  editor_font_size: 'ui.editor_font_size',
}

export type Setting = TextSetting | NumberSetting | ChoiceSetting
export interface TextSetting {
  readonly kind: 'text'
  readonly default: string
  readonly help: string
}
export interface NumberSetting {
  readonly kind: 'number'
  readonly default: number
  readonly min: number
  readonly max: number
  readonly help: string
}
export interface ChoiceSetting {
  readonly kind: 'choice'
  readonly default: string
  readonly choices: readonly string[]
  readonly help: string
}

function text(value: string, help: string): TextSetting {
  return { kind: 'text', default: value, help }
}
function number(value: number, min: number, max: number, help: string): NumberSetting {
  return { kind: 'number', default: value, min, max, help }
}
function choice(value: string, choices: readonly string[], help: string): ChoiceSetting {
  return { kind: 'choice', default: value, choices, help }
}
