import { h, textButton } from './dom.ts'
import { icon } from './icons.ts'

/** How often it is looked whether somebody is signed in again, while the page is seen; coming back to it asks at once. */
const LOOK_MS = 5_000
/** Pages of this browser tell each other who has signed in. */
const CHANNEL = 'tusk:person'

interface Waiting {
  goOn(signedIn: boolean): void
}

/** Undefined while the session is there, as far as this page knows. */
let over: { readonly notice: HTMLElement; readonly waiting: Set<Waiting>; looking: boolean } | undefined

/** Whether the page says that its session ended: what fails then, fails for that. */
export function isSessionOver(): boolean {
  return over !== undefined
}

/**
 * Every request of the page, of islands, htmx and plugins, says for whom the page is. Those that the server refuses because the session
 * ended wait, and the page says so once; when the same person is signed in again they are sent again: the refused ones did nothing. When it
 * is somebody else they end with what the server answered.
 */
export function startSessionEnd(): void {
  const { person, signIn } = document.documentElement.dataset
  if (person === undefined || signIn === undefined) return
  const send = window.fetch.bind(window)
  const page = { person, signIn, send }

  window.fetch = async (input, init) => {
    if (!isOwn(input)) return send(input, init)
    const own = { ...init, headers: withPerson(input, init, person) }
    for (;;) {
      const response = await send(input, own)
      if (response.status !== 401 || !response.headers.has('Tusk-Session')) return response
      const signedIn = await wait(page, init?.signal ?? (input instanceof Request ? input.signal : undefined))
      // The body of a Request is gone with the first time.
      if (!signedIn || input instanceof Request) return response
    }
  }

  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage(person)
  channel.addEventListener('message', () => void look(page))
  window.addEventListener('focus', () => void look(page))
  document.addEventListener('visibilitychange', () => void look(page))
  setInterval(() => document.hidden || void look(page), LOOK_MS)
}

interface Page {
  readonly person: string
  readonly signIn: string
  readonly send: typeof fetch
}

/** Resolves when somebody is signed in again: true for the same person. Rejects when `signal` aborts. */
function wait(page: Page, signal: AbortSignal | undefined): Promise<boolean> {
  over ??= { notice: showNotice(page), waiting: new Set(), looking: false }
  const { waiting } = over
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      waiting.delete(one)
      reject(signal?.reason as Error)
    }
    const one: Waiting = {
      goOn(signedIn) {
        signal?.removeEventListener('abort', abort)
        resolve(signedIn)
      },
    }
    waiting.add(one)
    signal?.addEventListener('abort', abort)
  })
}

async function look(page: Page): Promise<void> {
  if (over === undefined || over.looking) return
  over.looking = true
  const now = over
  try {
    keepInFront(now.notice)
    const response = await page.send('/api/auth/status', { cache: 'no-store' })
    const { person } = (await response.json()) as { readonly person?: { readonly id: string; readonly name: string } }
    if (person === undefined || person.id === 'nobody') return
    const same = person.id === page.person
    if (same) {
      now.notice.remove()
      over = undefined
    } else sayOther(now.notice, person.name)
    for (const one of now.waiting) one.goOn(same)
    now.waiting.clear()
  } catch {
    // Tusk is away, or the answer was cut short: the next look tells.
  } finally {
    now.looking = false
  }
}

function showNotice({ signIn }: Page): HTMLElement {
  const notice = h('section', {
    class: 'session-over',
    role: 'alert',
    attributes: { popover: 'manual' },
  })
  const { pathname, search, hash } = location
  const link = h('a', { class: 'btn btn-primary btn-sm' }, 'Sign in again')
  link.href = `${signIn}?next=${encodeURIComponent(pathname + search + hash)}`
  // What stands in a form is in this page only: it stays, and goes on by itself.
  link.addEventListener('click', () => {
    link.target = hasUnsentInput() ? '_blank' : ''
  })
  keepInFront(notice)
  say(
    notice,
    'Your session ended.',
    'What you typed is still here. Sign in again, here or in another tab, to go on.',
    link,
  )
  return notice
}

function sayOther(notice: HTMLElement, name: string): void {
  const reload = textButton('Reload the page', () => location.reload())
  say(
    notice,
    `${name} is signed in here now.`,
    'This page was opened by somebody else: nothing in it is done in their name.',
    reload,
  )
}

function say(notice: HTMLElement, title: string, detail: string, action: HTMLElement): void {
  const text = h(
    'div',
    { class: 'session-over-text' },
    h('p', { class: 'session-over-title' }, title),
    h('p', {}, detail),
  )
  notice.replaceChildren(icon('warning'), text, action)
}

/** Above everything, and inside of the dialog that is open: all else cannot be reached then. */
function keepInFront(notice: HTMLElement): void {
  const place = [...document.querySelectorAll<HTMLElement>('dialog:modal')].at(-1) ?? document.body
  if (notice.parentElement !== place) place.append(notice)
  if (!notice.matches(':popover-open')) notice.showPopover()
}

function hasUnsentInput(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('form :is(input, textarea)')
  return [...fields].some(
    field =>
      field.value !== field.defaultValue ||
      (field instanceof HTMLInputElement && field.checked !== field.defaultChecked),
  )
}

function isOwn(input: RequestInfo | URL): boolean {
  const address = input instanceof Request ? input.url : String(input)
  return URL.parse(address, location.href)?.origin === location.origin
}

function withPerson(input: RequestInfo | URL, init: RequestInit | undefined, person: string): Headers {
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
  headers.set('Tusk-Person', person)
  return headers
}
