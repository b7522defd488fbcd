import { readFileSync } from 'node:fs'
import { TuskError } from '../errors.ts'
import type { Config } from '../home/config.ts'
import { publicUrl } from '../home/public-url.ts'

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
  /** Where the provider sends people back to. Made from a setting, never from what a request says of its host. */
  readonly redirectUri: string
}

export const callbackPath = '/login/oidc/callback'

/** What config.toml says; undefined without an issuer. CONFIG_INVALID for what cannot be meant: an issuer without TLS elsewhere, no client id, no public address, no secret in its file. */
export function oidcSettings(config: Config, environment: NodeJS.ProcessEnv = process.env): OidcSettings | undefined {
  const text = config['oidc.issuer'].trim()
  if (text === '') return undefined
  const issuer = URL.parse(text)
  if (issuer === null || !isSafe(issuer)) throw invalid('oidc.issuer', `“${text}” is no https address.`)
  const clientId = config['oidc.client_id'].trim()
  if (clientId === '')
    throw invalid('oidc.client_id', 'It is empty: the provider gives one when Tusk is registered there.')
  const outside = publicUrl(config['server.public_url'])
  if (outside === undefined)
    throw invalid('server.public_url', 'It is empty, and the provider must know where to send people back to.')
  if (!isSafe(outside))
    throw invalid('server.public_url', `“${outside.origin}” has no TLS, and people come back there with a secret.`)
  if (!config['oidc.scopes'].split(/\s+/).includes('openid'))
    throw invalid('oidc.scopes', 'openid is not among them, and without it a provider does not say who somebody is.')
  const clientSecret = environment.TUSK_OIDC_CLIENT_SECRET || secretIn(config['oidc.client_secret_file'])
  return {
    issuer,
    clientId,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    label: config['oidc.label'],
    scopes: config['oidc.scopes'],
    nameClaim: config['oidc.name_claim'],
    groupsClaim: config['oidc.groups_claim'],
    createPeople: config['oidc.people'] === 'create',
    redirectUri: new URL(callbackPath, outside).href,
  }
}

/** Over TLS, or on this machine. */
function isSafe({ protocol, hostname }: URL): boolean {
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && isHere)
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
