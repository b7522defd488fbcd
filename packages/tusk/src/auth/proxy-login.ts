import { TuskError } from '../errors.ts'
import type { Config } from '../home/config.ts'
import { networksFrom, networkTest } from '../home/network-list.ts'
import type { Actor } from './actor.ts'
import type { Auth } from './auth.ts'

/** What is needed of a request; Fastify's has it. */
export interface ProxiedRequest {
  /** Of the person, as far as proxies are believed. */
  readonly ip: string
  readonly socket: { readonly remoteAddress?: string | undefined }
  readonly raw: { readonly rawHeaders: readonly string[] }
}

/**
 * Who a proxy says that this request is from; undefined when it is not from such a proxy or names nobody. NOT_PERMITTED for somebody whom
 * this Tusk does not let in, or nobody where `strangersPass`: what is open to all is open to them, such as the style of the page that says no.
 */
export type ProxyLogin = (request: ProxiedRequest, options?: { readonly strangersPass?: boolean }) => Actor | undefined

/** A login is on record again when this person did not come for so long. */
const AGAIN_MS = 8 * 3_600_000
const REMEMBERED = 10_000

/**
 * Logins by a header that a proxy sets (`proxy_login.*`); undefined when there are none. Only the machine at the other end of the connection
 * counts, never what a header says of it: from anywhere else the header means nothing. CONFIG_INVALID for a header without addresses.
 */
export function proxyLogin(auth: Auth, config: Config): ProxyLogin | undefined {
  const header = config['proxy_login.header'].trim().toLowerCase()
  if (header === '') return undefined
  const networks = networksFrom('proxy_login.addresses', config['proxy_login.addresses'])
  if (networks.length === 0)
    throw new TuskError('CONFIG_INVALID', 'The setting proxy_login.addresses is empty: nobody may send the header.', {
      hint: 'Name the proxy: tusk config set proxy_login.addresses 127.0.0.1',
    })
  const isProxy = networkTest(networks)
  const groupsHeader = config['proxy_login.groups_header'].trim().toLowerCase()
  const create = config['proxy_login.people'] === 'create'
  const came = new Recently()
  const refused = new Recently()

  return (request, { strangersPass = false } = {}) => {
    if (!isProxy(request.socket.remoteAddress ?? '')) return undefined
    const name = onlyValue(request, header)
    if (name === undefined) return undefined
    const groups = groupsHeader === '' ? undefined : (onlyValue(request, groupsHeader) ?? '').split(',')
    const identity = { issuer: 'proxy', subject: name, name, groups: groups?.map(group => group.trim()) ?? [] }
    let person = groups === undefined ? auth.people.byName(name) : undefined
    if (person?.active !== true) {
      try {
        person = auth.externalSignIn.admitNamed(identity, {
          create,
          address: request.ip,
          isOnRecord: () => !refused.isNew(name),
        })
      } catch (error) {
        if (!(error instanceof TuskError) || error.code !== 'NOT_AUTHENTICATED') throw error
        if (strangersPass) return undefined
        throw notHere(error)
      }
    }
    if (came.isNew(person.id)) {
      auth.people.signedIn(person.id)
      auth.audit.add(
        { name: person.name, address: request.ip },
        { action: 'login', target: person.name, details: { by: 'proxy' } },
      )
    }
    return auth.byProxy(person.id, request.ip)
  }
}

/** Each request says it; the record needs it once. Bounded: who was here longest ago is forgotten first. */
class Recently {
  readonly #times = new Map<string, number>()

  /** Whether this key did not come for a long time; it has come now. */
  isNew(key: string): boolean {
    const now = performance.now()
    const last = this.#times.get(key)
    this.#times.delete(key)
    this.#times.set(key, now)
    if (this.#times.size > REMEMBERED) for (const [oldest] of this.#times.entries().take(1)) this.#times.delete(oldest)
    return last === undefined || now - last > AGAIN_MS
  }
}

/** Nobody is sent to the login page, which would send them back: the proxy would name them again. */
function notHere({ message, detail, hint }: TuskError): TuskError {
  return new TuskError('NOT_PERMITTED', message, {
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
  })
}

/** The value of a header that stands there once and says something: two are a quarrel about who it is, and nobody wins. */
function onlyValue({ raw }: ProxiedRequest, header: string): string | undefined {
  const values = raw.rawHeaders.filter(
    (_, index) => index % 2 === 1 && raw.rawHeaders[index - 1]?.toLowerCase() === header,
  )
  const [value] = values
  return values.length === 1 && value !== undefined && value.trim() !== '' ? fromUtf8(value).trim() : undefined
}

/** Node reads headers as Latin-1; proxies send names in UTF-8. */
function fromUtf8(text: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'))
  } catch {
    return text
  }
}
