import { networkInterfaces } from 'node:os'
import type { FastifyRequest } from 'fastify'
import { TuskError } from '../errors.ts'

/**
 * Which names Tusk answers to, and who may ask (R2, R5). The port is part of every name, so the set is complete once the server
 * listens; before that nothing is answered.
 */
export class Edge {
  readonly #hosts = new Set<string>()
  readonly #origins = new Set<string>()

  /** `allowedHosts` are names, with or without a port, under which a proxy or another machine reaches this Tusk. */
  open(host: string, port: number, allowedHosts: readonly string[]): void {
    for (const name of [...ownNames(host), ...allowedHosts.map(one => one.toLowerCase())]) {
      const names = /:\d+$/.test(name) ? [name] : [name, `${name}:${port}`]
      // Without its port a name means port 80 or 443: ours only when we listen there, or when a proxy does (an allowed host).
      const bare = port === 80 || allowedHosts.some(one => one.toLowerCase() === name)
      for (const one of names) {
        if (one === name && names.length > 1 && !bare) continue
        this.#hosts.add(one)
        this.#origins.add(`http://${one}`).add(`https://${one}`)
      }
    }
  }

  /** Throws HOST_REFUSED or CROSS_SITE. Every request passes here first, also those for files and for nothing at all. */
  check(request: FastifyRequest): void {
    const { raw, headers } = request
    const count = raw.rawHeaders.filter((header, index) => index % 2 === 0 && header.toLowerCase() === 'host').length
    const host = String(headers.host).toLowerCase()
    if (count !== 1 || !this.#hosts.has(host) || !raw.url?.startsWith('/'))
      throw new TuskError('HOST_REFUSED', undefined, {
        hint: 'Open Tusk under the address that it printed, or start it with --allowed-host NAME.',
      })
    const safe = request.method === 'GET' || request.method === 'HEAD'
    if (safe && request.routeOptions.config?.crossSite !== 'deny') return
    const site = headers['sec-fetch-site']
    const origin = headers.origin
    const siteAllowed = site === undefined || site === 'same-origin' || (safe && site === 'none')
    if (!siteAllowed || (origin !== undefined && !this.#origins.has(origin.toLowerCase())))
      throw new TuskError('CROSS_SITE')
  }
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function ownNames(host: string): string[] {
  const loopback = ['localhost', '127.0.0.1', '[::1]']
  if (isLoopback(host)) return [...loopback, ...(host.startsWith('127.') ? [host] : [])]
  if (host !== '0.0.0.0' && host !== '::') return [...loopback, inUrl(host)]
  // Addresses as numbers cannot be rebound by somebody's name server, so all of this machine's are ours.
  const addresses = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  return [...loopback, ...addresses.map(({ address }) => inUrl(address.split('%')[0] ?? address))]
}

/** A host as it stands in a URL. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host.toLowerCase()}]` : host.toLowerCase()
}

/** Whether the answer is for a person at a page, for htmx, or for a program. */
export function answerKind(request: FastifyRequest): 'page' | 'partial' | 'json' {
  if (request.headers['hx-request'] === 'true') return 'partial'
  if (request.url.startsWith('/api/') && !request.url.startsWith('/api/docs')) return 'json'
  return request.headers.accept?.includes('text/html') === true ? 'page' : 'json'
}
