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

/** Who a proxy says that this request is from; undefined when it is not from such a proxy or names nobody. */
export type ProxyLogin = (request: ProxiedRequest) => Actor | undefined

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
  const came = new Map<string, number>()

  return request => {
    if (!isProxy(request.socket.remoteAddress ?? '')) return undefined
    const name = onlyValue(request, header)
    if (name === undefined) return undefined
    const groups = groupsHeader === '' ? undefined : (onlyValue(request, groupsHeader) ?? '').split(',')
    const identity = { issuer: 'proxy', subject: name, name, groups: groups?.map(group => group.trim()) ?? [] }
    let person = groups === undefined ? auth.people.byName(name) : undefined
    if (person?.active !== true) {
      try {
        person = auth.externalSignIn.admitNamed(identity, { create, address: request.ip })
      } catch (error) {
        if (error instanceof TuskError && error.code === 'NOT_AUTHENTICATED') throw notHere(error)
        throw error
      }
    }
    const now = performance.now()
    const last = came.get(person.id)
    const anew = last === undefined || now - last > AGAIN_MS
    came.delete(person.id)
    came.set(person.id, now)
    if (came.size > REMEMBERED) for (const [oldest] of came.entries().take(1)) came.delete(oldest)
    if (anew) {
      auth.people.signedIn(person.id)
      auth.audit.add(
        { name: person.name, address: request.ip },
        { action: 'login', target: person.name, details: { by: 'proxy' } },
      )
    }
    return auth.byProxy(person.id, request.ip)
  }
}

/** Nobody is sent to the login page, which would send them back: the proxy would name them again. */
function notHere({ message, hint }: TuskError): TuskError {
  return new TuskError('NOT_PERMITTED', message, hint === undefined ? {} : { hint })
}

/** The value of a header that stands there once and says something: two are a quarrel about who it is, and nobody wins. */
function onlyValue({ raw }: ProxiedRequest, header: string): string | undefined {
  const values = raw.rawHeaders.filter(
    (_, index) => index % 2 === 1 && raw.rawHeaders[index - 1]?.toLowerCase() === header,
  )
  const [value] = values
  return values.length === 1 && value !== undefined && value.trim() !== '' ? value.trim() : undefined
}
