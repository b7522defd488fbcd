import type * as OpenIdClient from 'openid-client'
import { TuskError } from '../errors.ts'
import type { Identity } from './identity.ts'
import type { OidcSettings } from './oidc-settings.ts'

/** What must be the same when the browser comes back, and stays on this side. */
export interface OidcAttempt {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** How long what the provider says of itself is believed. */
const DISCOVERY_MS = 3_600_000
const TIMEOUT_SECONDS = 10
const NAMES = 500

/**
 * The relying party of OpenID Connect: authorization code flow with PKCE, state and nonce (RFC 6749, 7636, OpenID Connect Core 3.1). The
 * signature of the id token is checked against the provider's keys.
 */
export class Oidc {
  readonly #settings: OidcSettings
  #discovered: { readonly at: number; readonly configuration: Promise<OpenIdClient.Configuration> } | undefined

  constructor(settings: OidcSettings) {
    this.#settings = settings
  }

  get settings(): OidcSettings {
    return this.#settings
  }

  /** Where the browser goes. CONNECTION_FAILED when the provider cannot be reached or is not one. */
  async begin(): Promise<{ readonly address: URL; readonly attempt: OidcAttempt }> {
    const client = await import('openid-client')
    const configuration = await this.#configuration(client)
    const attempt: OidcAttempt = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      codeVerifier: client.randomPKCECodeVerifier(),
    }
    const address = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#settings.redirectUri,
      scope: this.#settings.scopes,
      code_challenge: await client.calculatePKCECodeChallenge(attempt.codeVerifier),
      code_challenge_method: 'S256',
      state: attempt.state,
      nonce: attempt.nonce,
    })
    return { address, attempt }
  }

  /** Who came back with this query. NOT_AUTHENTICATED when the provider refused or anything does not fit, CONNECTION_FAILED when it is away. */
  async finish(query: string, attempt: OidcAttempt): Promise<Identity> {
    const client = await import('openid-client')
    const configuration = await this.#configuration(client)
    try {
      const answer = new URL(this.#settings.redirectUri)
      answer.search = query
      const tokens = await client.authorizationCodeGrant(configuration, answer, {
        pkceCodeVerifier: attempt.codeVerifier,
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new TuskError('NOT_AUTHENTICATED', 'The provider did not say who you are.')
      const more =
        configuration.serverMetadata().userinfo_endpoint === undefined
          ? {}
          : await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)
      return this.#identity(claims.iss, claims.sub, { ...more, ...claims })
    } catch (error) {
      throw failure(error, this.#settings.label)
    }
  }

  #identity(issuer: string, subject: string, claims: Readonly<Record<string, unknown>>): Identity {
    const { nameClaim, groupsClaim } = this.#settings
    const email = textOf(claims.email)
    const displayName = textOf(claims.name)
    const groups = claims[groupsClaim]
    return {
      issuer,
      subject,
      name: textOf(claims[nameClaim]) ?? email ?? subject,
      ...(email === undefined ? {} : { email }),
      ...(displayName === undefined ? {} : { displayName }),
      groups: (Array.isArray(groups) ? groups : [groups]).flatMap(group => textOf(group) ?? []).slice(0, NAMES),
    }
  }

  #configuration(client: typeof OpenIdClient): Promise<OpenIdClient.Configuration> {
    const known = this.#discovered
    if (known !== undefined && performance.now() - known.at < DISCOVERY_MS) return known.configuration
    const { issuer, clientId, clientSecret, label } = this.#settings
    const configuration = client
      .discovery(issuer, clientId, undefined, clientAuth(client, clientSecret), {
        timeout: TIMEOUT_SECONDS,
        // A provider of this machine may do without TLS; the settings allow no other.
        execute: [
          ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
          client.enableNonRepudiationChecks,
        ],
      })
      .catch((error: unknown) => {
        this.#discovered = undefined
        throw new TuskError('CONNECTION_FAILED', `“${label}” cannot be reached to sign you in.`, {
          hint: 'Try again in a minute, or sign in with a password.',
          cause: error,
        })
      })
    this.#discovered = { at: performance.now(), configuration }
    return configuration
  }
}

/** The secret as this provider takes it: in the header unless it says that it does not. */
function clientAuth(client: typeof OpenIdClient, secret: string | undefined): OpenIdClient.ClientAuth {
  if (secret === undefined) return client.None()
  const [inHeader, inBody] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)]
  return (provider, ...rest) => {
    const ways = provider.token_endpoint_auth_methods_supported
    return (ways === undefined || ways.includes('client_secret_basic') ? inHeader : inBody)(provider, ...rest)
  }
}

/** The library's errors in words for the person at the login page. What the provider wrote is shown as a detail, as text. */
function failure(error: unknown, label: string): TuskError {
  if (error instanceof TuskError) return error
  const { error: reason, error_description: detail } = (error ?? {}) as {
    readonly error?: unknown
    readonly error_description?: unknown
  }
  if (typeof reason === 'string')
    return new TuskError(
      'NOT_AUTHENTICATED',
      reason === 'access_denied'
        ? `“${label}” did not let you through.`
        : `“${label}” refused: ${reason.slice(0, 100)}.`,
      {
        ...(typeof detail === 'string' ? { detail: detail.slice(0, 300) } : {}),
        hint: 'Try again, or ask who looks after it.',
        cause: error,
      },
    )
  const { code } = (error ?? {}) as { readonly code?: unknown }
  const away = error instanceof TypeError || code === 'OAUTH_TIMEOUT'
  return away
    ? new TuskError('CONNECTION_FAILED', `“${label}” could not be asked who you are.`, {
        hint: 'Try again.',
        cause: error,
      })
    : new TuskError('NOT_AUTHENTICATED', `The answer of “${label}” does not fit this sign-in.`, {
        hint: 'Begin again from the login page.',
        cause: error,
      })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : undefined
}
