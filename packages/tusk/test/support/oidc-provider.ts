import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Provider } from 'oidc-provider'

export interface TestOidcProvider {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** What it says of people from now on, by the name that they type into its login. */
  people: Record<string, { readonly groups?: readonly string[]; readonly email?: string; readonly username?: string }>
  /** While set, its token endpoint answers with this status. */
  broken?: number | undefined
}

/** A real OpenID Connect provider on a port of this machine, 0 for a free one, with a login page of its own; gone with the context. */
export async function startOidcProvider(
  context: { after(fn: () => void | Promise<void>): void },
  redirectUris: readonly string[],
  port = 0,
  secretGoes: 'client_secret_basic' | 'client_secret_post' = 'client_secret_basic',
): Promise<TestOidcProvider> {
  const test: TestOidcProvider = { issuer: '', clientId: 'tusk', clientSecret: 'a secret of the provider', people: {} }
  let handle: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined
  const server = createServer((request, response) => {
    if (test.broken !== undefined && request.url?.startsWith('/token') === true) {
      response.writeHead(test.broken).end()
      return
    }
    // The library takes a secret wherever it is; some providers do not.
    if (
      secretGoes === 'client_secret_post' &&
      request.url === '/token' &&
      request.headers.authorization !== undefined
    ) {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"invalid_client"}')
      return
    }
    handle?.(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: test.clientId,
        client_secret: test.clientSecret,
        token_endpoint_auth_method: secretGoes,
        redirect_uris: [...redirectUris],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'], email: ['email'] },
    clientAuthMethods: [secretGoes],
    pkce: { required: () => true },
    cookies: { keys: ['a key of the test'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => {
        const { groups = [], email = `${id}@example.org`, username = id } = test.people[id] ?? {}
        return { sub: id, name: `${id} of the provider`, preferred_username: username, email, groups: [...groups] }
      },
    }),
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    // Nobody is asked whether Tusk may know who they are.
    async loadExistingGrant(context) {
      const accountId = context.oidc.session?.accountId
      if (accountId === undefined) return undefined
      const grant = new provider.Grant({ clientId: test.clientId, accountId })
      grant.addOIDCScope('openid profile email')
      await grant.save()
      return grant
    },
  })
  const answer = provider.callback()
  handle = async (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return answer(request, response)
    if (request.method === 'POST') {
      const login = new URLSearchParams(await text(request)).get('login') ?? ''
      const result =
        login === ''
          ? { error: 'access_denied', error_description: 'They went away.' }
          : { login: { accountId: login } }
      return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
    }
    await provider.interactionDetails(request, response)
    response.setHeader('content-type', 'text/html')
    response.end(
      '<title>Provider</title><link rel="icon" href="data:,"><form method="post"><label>Login <input name="login"></label><button>Go on</button></form>',
    )
  }
  return Object.assign(test, { issuer })
}
