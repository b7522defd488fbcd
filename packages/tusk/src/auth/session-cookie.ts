/** What is needed of a request; Fastify's has it. */
export interface CookieRequest {
  readonly protocol: string
  readonly headers: { readonly cookie?: string | undefined }
  readonly socket: { readonly localPort?: number | undefined }
}

/**
 * Where a browser keeps the secret of its session (R7). Cookies are shared between the ports of a host, so the port is in the name; over
 * https the name has the prefix that no other site and no plain page can set.
 */
export function readSessionCookie(request: CookieRequest): string | undefined {
  return cookieValue(request.headers.cookie ?? '', cookieName(request))
}

/** A Set-Cookie header. `maxAgeSeconds` absent: until the browser is closed. */
export function sessionCookie(request: CookieRequest, secret: string, maxAgeSeconds?: number): string {
  const secure = request.protocol === 'https' ? '; Secure' : ''
  const age = maxAgeSeconds === undefined ? '' : `; Max-Age=${Math.floor(maxAgeSeconds)}`
  return `${cookieName(request)}=${secret}; Path=/; HttpOnly; SameSite=Lax${secure}${age}`
}

export function endedSessionCookie(request: CookieRequest): string {
  return sessionCookie(request, '', 0)
}

/** The value of the first cookie of that name in a Cookie header. */
export function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name) return value
  }
  return undefined
}

function cookieName(request: CookieRequest): string {
  return request.protocol === 'https' ? '__Host-tusk-session' : `tusk-session-${request.socket.localPort ?? 0}`
}
