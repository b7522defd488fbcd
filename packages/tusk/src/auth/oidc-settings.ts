import { readFileSync } from 'node:fs'
import { TuskError } from '../errors.ts'
import type { Config } from '../home/config.ts'

/** How this Tusk stands to its OpenID Connect provider. */
export interface OidcSettings {
  readonly issuer: URL
  readonly clientId: string
  /** Absent: a public client, which PKCE alone protects. */
  readonly clientSecret?: string
  readonly label: string
  readonly scopes: string
  readonly nameClaim: string
  readonly groupsClaim: string
  /** Whether an account is made for whoever is new. */
  readonly createPeople: boolean
}

/** What config.toml says; undefined without an issuer. CONFIG_INVALID for what cannot be meant: an issuer without TLS elsewhere, no client id, no secret in its file. */
export function oidcSettings(config: Config, environment: NodeJS.ProcessEnv = process.env): OidcSettings | undefined {
  const text = config['oidc.issuer'].trim()
  if (text === '') return undefined
  const issuer = URL.parse(text)
  if (issuer === null || !(issuer.protocol === 'https:' || (issuer.protocol === 'http:' && isHere(issuer))))
    throw invalid('oidc.issuer', `“${text}” is no https address.`)
  const clientId = config['oidc.client_id'].trim()
  if (clientId === '')
    throw invalid('oidc.client_id', 'It is empty: the provider gives one when Tusk is registered there.')
  const clientSecret = environment.TUSK_OIDC_CLIENT_SECRET ?? secretIn(config['oidc.client_secret_file'])
  return {
    issuer,
    clientId,
    ...(clientSecret === undefined || clientSecret === '' ? {} : { clientSecret }),
    label: config['oidc.label'],
    scopes: config['oidc.scopes'],
    nameClaim: config['oidc.name_claim'],
    groupsClaim: config['oidc.groups_claim'],
    createPeople: config['oidc.people'] === 'create',
  }
}

/** Without TLS a provider may only be on this machine. */
export function isHere({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

function secretIn(file: string): string | undefined {
  if (file.trim() === '') return undefined
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret !== '') return secret
  } catch (error) {
    throw invalid('oidc.client_secret_file', error instanceof Error ? error.message : String(error))
  }
  throw invalid('oidc.client_secret_file', 'The file is empty.')
}

function invalid(key: string, detail: string): TuskError {
  return new TuskError('CONFIG_INVALID', `The setting ${key} cannot be used.`, {
    detail,
    hint: `Correct it with: tusk config set ${key} VALUE; see docs/sign-in.md.`,
  })
}
