import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../auth/actor.ts'
import type { PreferenceKeeper } from '../auth/preferences.ts'
import { mayUse } from '../plugins/access.ts'
import type { TuskPlugin } from '../plugins/plugin.ts'
import type { WirePreferences } from '../wire.ts'
import { isAllowed, nobody } from './gate.ts'
import type { Renderer, RenderOptions } from './render.ts'
import type { Style } from './style.ts'
import type { WebBuild } from './web-build.ts'

export interface ShellOptions {
  readonly renderer: Renderer
  readonly style: Style
  readonly webBuild: WebBuild
  readonly features: readonly TuskPlugin[]
  /** Plugins that run now. */
  readonly plugins: () => readonly TuskPlugin[]
  readonly version: string
  /** Of the first visit: until a person, or a browser, chose one. */
  readonly theme: 'dark' | 'light' | 'system'
  readonly editorFontSize: number
  readonly preferences?: PreferenceKeeper
  /** Where somebody whose session ended comes in again. */
  readonly signInPage: string | undefined
}

export interface Shell {
  /** Renders a template with what every page has around it, and sends it. */
  page(
    request: FastifyRequest,
    reply: FastifyReply,
    template: string,
    context: Readonly<Record<string, unknown>>,
    options?: RenderOptions,
  ): Promise<FastifyReply>
}

/** The frame of all pages: side bar, theme, style sheet and scripts. */
export function createShell(options: ShellOptions): Shell {
  const { renderer, style, webBuild, features, plugins, version, theme, signInPage } = options
  return {
    async page(request, reply, template, context, renderOptions = {}) {
      const path = request.url.split('?', 1)[0] ?? '/'
      const tabs = await tabsFor(request.actor, [...features, ...plugins()])
      const islands = [context.islands ?? []].flat().map(String)
      const islandEntries = islands.map(name => webBuild.island(name))
      const main = webBuild.entry('src/ui/web/main.ts')
      const html = renderer.render(
        template,
        {
          ...context,
          title: context.title ?? tabs.find(({ href }) => isActive(href, path))?.label ?? '',
          path,
          signed_in:
            request.actor.signedIn === undefined
              ? null
              : {
                  name: request.actor.name,
                  // Who comes by a proxy would be in again at once.
                  can_leave: request.actor.signedIn.via !== 'proxy',
                },
          nonce: request.nonce,
          version,
          default_theme: theme,
          viewer_id: request.actor === nobody ? '' : request.actor.id,
          sign_in_page: signInPage ?? '',
          preferences: preferencesOf(request.actor, options) ?? null,
          tabs: tabs.map(tab => ({ ...tab, active: isActive(tab.href, path) })),
          style_sheets: [
            ...new Set([
              ...main.styles,
              `/static/style/${(await style.current()).hash}.css`,
              ...islandEntries.flatMap(one => one.styles),
            ]),
          ],
          script: main.script ?? '',
          preloads: [
            ...new Set([
              ...main.preloads,
              ...islandEntries.flatMap(one => [...one.preloads, ...(one.script === undefined ? [] : [one.script])]),
            ]),
          ],
        },
        renderOptions,
      )
      return reply.type('text/html; charset=utf-8').send(html)
    },
  }
}

/** With what holds where nothing was chosen; undefined for strangers, of whom nothing is kept. */
function preferencesOf(
  actor: Actor,
  { preferences, editorFontSize }: Pick<ShellOptions, 'preferences' | 'editorFontSize'>,
): WirePreferences | undefined {
  if (preferences === undefined || actor === nobody) return undefined
  return {
    editorFontSize,
    editorTabSize: 2,
    editorLineWrap: false,
    editorLineNumbers: true,
    editorCloseBrackets: true,
    editorCompletion: true,
    editorVimKeys: false,
    ...preferences.of(actor),
  }
}

interface Tab {
  readonly id: string
  readonly label: string
  readonly icon: string
  readonly href: string
}

/** The entries of the side bar that somebody may open. */
async function tabsFor(actor: Actor, plugins: readonly TuskPlugin[]): Promise<readonly Tab[]> {
  const shown: (Tab & { readonly order: number })[] = []
  for (const plugin of plugins) {
    const { id, tab } = plugin
    if (tab === undefined || (tab.permission !== undefined && !isAllowed(actor, tab.permission))) continue
    if (!(await mayUse(plugin, actor))) continue
    const { label, icon, href = `/p/${id}`, order = 100 } = tab
    shown.push({ id, label, icon, href, order })
  }
  return shown
    .sort((a, b) => a.order - b.order || a.label.localeCompare(b.label))
    .map(({ id, label, icon, href }) => ({ id, label, icon, href }))
}

function isActive(href: string, path: string): boolean {
  return path === href || (href !== '/' && path.startsWith(`${href}/`))
}
