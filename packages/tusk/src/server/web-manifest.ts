import type { FastifyInstance } from 'fastify'

/** The mark of Tusk, drawn for any size; kept clear of what a round mask cuts off. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="#5b5fe9"/><path d="M9.500 8.500c0 9 4 14.500 13.500 15C18 21 14.800 15.500 14.800 8.500Z" fill="#fff"/></svg>`

/** What a browser needs to install Tusk as an app of its own: then keys such as Ctrl+T belong to Tusk. */
const manifest = {
  name: 'Tusk',
  short_name: 'Tusk',
  description: 'SQL, administration and analytics on your own machine.',
  id: '/',
  start_url: '/',
  scope: '/',
  display: 'standalone',
  background_color: '#0d1117',
  theme_color: '#5b5fe9',
  icons: [
    { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'maskable' },
  ],
}

/** Asked for by the browser itself, without a session: they say nothing of anybody. */
export function webManifestRoutes(app: FastifyInstance): void {
  const route = { config: { permission: 'public' }, schema: { hide: true } } as const
  app.get('/manifest.webmanifest', route, (_request, reply) =>
    reply.header('Cache-Control', 'max-age=3600').type('application/manifest+json').send(JSON.stringify(manifest)),
  )
  app.get('/icon.svg', route, (_request, reply) =>
    reply.header('Cache-Control', 'max-age=3600').type('image/svg+xml').send(icon),
  )
}
