import { createRequire } from 'node:module'
import { TuskError } from '../errors.ts'
import { readComponentLibrary } from './component-library.ts'
import { iconSvg } from './icons.ts'
import { drawLegacyIcons } from './legacy-icons.ts'
import { readTemplates, templateStamp } from './template-folder.ts'

type Environment = import('minijinja-js').Environment

export interface TemplateSource {
  /** Path of a folder with templates. */
  readonly folder: string
  /** What their names begin with: '' for the shell, `plugins/<id>/` for a feature. */
  readonly prefix: string
  /** Of a plugin: its templates stop with an error when they go on and on, instead of stopping Tusk. */
  readonly outside?: boolean
}

export interface RenderOptions {
  /** Only this block of the template: what htmx swaps in, from the same text as the page. The template must say `{% extends layout %}`. */
  readonly block?: string
}

export interface Renderer {
  /** The template's text as HTML. All values are escaped. INTERNAL, with the template's name, when it cannot be rendered. */
  render(template: string, context: Readonly<Record<string, unknown>>, options?: RenderOptions): string
  has(template: string): boolean
  /** What is wrong with templates whose names begin so: PLUGIN_FAILED for each that cannot be read or stands twice. */
  problems(prefix: string): readonly TuskError[]
  /** The list of sources is another one now. */
  renew(): void
}

/**
 * The only place that knows the template engine (MiniJinja). In templates: `{% extends layout %}`, the macros of `components/`, and
 * `icon_svg(name, class)`, which the `icon` macro makes safe. A template that names `component_library` gets what the components say
 * about themselves, and their examples as templates. With `watch`, changed files are read anew.
 */
export function createRenderer(sources: () => readonly TemplateSource[], { watch = false } = {}): Renderer {
  let loaded: (LoadedTemplates & { stamp: string }) | undefined

  return {
    has: template => current().names.has(template),
    problems: prefix => [...current().broken].filter(([name]) => name.startsWith(prefix)).map(([, error]) => error),
    renew() {
      loaded = undefined
    },
    render(template, context, { block } = {}) {
      const templates = current()
      const { environment, names, broken, outside } = templates
      const problem = broken.get(template)
      if (problem !== undefined) throw problem
      if (!names.has(template)) throw new TuskError('INTERNAL', `There is no template ${template}.`)
      const layout = block === undefined ? 'base.html' : blockLayout(environment, names, block)
      environment.fuel = outside.some(prefix => template.startsWith(prefix)) ? outsideFuel : undefined
      try {
        if (templates.gallery.has(template)) addComponentLibrary(templates)
        return drawLegacyIcons(environment.renderTemplate(template, { ...context, layout }))
      } catch (error) {
        // A trap inside WebAssembly leaves the engine unusable; a fresh one is loaded for the next page.
        if (error instanceof Error && error.name === 'RuntimeError') loaded = undefined
        throw new TuskError('INTERNAL', `The template ${template} cannot be rendered.`, {
          detail: error instanceof Error ? error.message : String(error),
          cause: error,
        })
      }
    },
  }

  function current(): NonNullable<typeof loaded> {
    if (loaded !== undefined && !watch) return loaded
    const now = sources()
    const stamp = watch ? now.map(({ folder, prefix }) => `${prefix}${templateStamp(folder)}`).join('|') : ''
    if (loaded === undefined || loaded.stamp !== stamp) loaded = { ...load(now), stamp }
    return loaded
  }
}

/** Steps of the template engine, some ten million a second: a page of a plugin takes 0.1 s at most. */
const outsideFuel = 2_000_000

interface LoadedTemplates {
  readonly environment: Environment
  readonly names: Set<string>
  readonly broken: ReadonlyMap<string, TuskError>
  /** Prefixes of the plugins' templates. */
  readonly outside: readonly string[]
  readonly components: readonly { readonly name: string; readonly source: string }[]
  /** Templates that name the component library, until it was read. */
  readonly gallery: Set<string>
}

function load(sources: readonly TemplateSource[]): LoadedTemplates {
  const { Environment } = loadEngine()
  const environment = new Environment()
  environment.trimBlocks = true
  environment.lstripBlocks = true
  environment.enablePyCompat() // text.split(), map.items(): what people know of Jinja works
  // Printing what is not there is an error, asking `if` it is there is not. The missing letter is the binding's.
  environment.undefinedBehavior = 'semi_strct'
  environment.addGlobal('icon_svg', safely(iconSvg))
  environment.addFilter('urlencode', safely(encodeURIComponent)) // Jinja has it, MiniJinja has not
  const names = new Set<string>()
  const broken = new Map<string, TuskError>()
  const components: { readonly name: string; readonly source: string }[] = []
  const gallery = new Set<string>()
  for (const { folder, prefix } of sources)
    for (const { name, source, path } of readTemplates(folder, prefix)) {
      if (names.has(name)) {
        broken.set(name, new TuskError('PLUGIN_FAILED', `There are two templates ${name}.`, { detail: path }))
        continue
      }
      names.add(name)
      if (prefix === 'components/') components.push({ name, source })
      else if (source.includes('component_library')) gallery.add(name)
      try {
        environment.addTemplate(name, source)
      } catch (error) {
        broken.set(
          name,
          new TuskError('PLUGIN_FAILED', `The template ${path} has an error.`, {
            detail: error instanceof Error ? error.message : String(error),
            cause: error,
          }),
        )
      }
    }
  const outside = sources.filter(source => source.outside === true).map(source => source.prefix)
  return { environment, names, broken, outside, components, gallery }
}

/** Only when somebody asks: reading all comments takes longer than any other page. */
function addComponentLibrary({ environment, names, components, gallery }: LoadedTemplates): void {
  const library = readComponentLibrary(components)
  for (const { name, source } of library.examples) {
    environment.addTemplate(name, source)
    names.add(name)
  }
  environment.addGlobal('component_library', library.files)
  gallery.clear()
}

/** A layout that renders one block of whatever extends it. */
function blockLayout(environment: Environment, names: Set<string>, block: string): string {
  if (!/^[a-z_]+$/.test(block)) throw new TuskError('INTERNAL', `“${block}” is no name of a block.`)
  const name = `block ${block}.html`
  if (!names.has(name)) {
    environment.addTemplate(name, `{{ self.${block}() }}{% if false %}{% block ${block} %}{% endblock %}{% endif %}`)
    names.add(name)
  }
  return name
}

/** An exception that crosses into WebAssembly stops the engine for good; a helper that fails gives nothing instead. */
function safely(helper: (...values: string[]) => string): (...values: unknown[]) => string {
  return (...values) => {
    try {
      return helper(...values.filter(value => typeof value === 'string'))
    } catch {
      return ''
    }
  }
}

/** The module is evicted from the cache after a trap, so that its WebAssembly instance is made anew. */
function loadEngine(): typeof import('minijinja-js') {
  const require = createRequire(import.meta.url)
  const path = require.resolve('minijinja-js')
  delete require.cache[path]
  return require(path) as typeof import('minijinja-js')
}
