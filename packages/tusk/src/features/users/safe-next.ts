/** Where to go after signing in: a path of this Tusk, or the start page for anything else (R6). */
export function safeNext(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/')) return '/'
  const here = 'http://tusk.invalid'
  // Browsers read `//host`, `/\host` and paths with line breaks as other sites; the parser is theirs.
  const url = URL.parse(next, here)
  if (url === null || url.origin !== here) return '/'
  return url.pathname.startsWith('//') ? '/' : url.pathname + url.search + url.hash
}
