import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'

/** A fresh value for `nonce` attributes of one page. */
export function createNonce(): string {
  return randomBytes(18).toString('base64')
}

/**
 * What every answer carries (R33), whatever its kind. `style-src-attr` is open because measured heights and widths are set as
 * style attributes; scripts are not open at all.
 */
export function setSecurityHeaders(reply: FastifyReply, nonce: string): void {
  reply.headers({ ...fixedHeaders, 'Content-Security-Policy': contentSecurityPolicy(nonce) })
}

export const fixedHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
} as const

/** For answers that are data or files and must never act as a page. */
export const sandboxPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'"

function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "connect-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
