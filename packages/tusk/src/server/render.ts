import { createRequire } from 'node:module'
import { TuskError } from '../errors.ts'
import { iconSvg } from './icons.ts'
import { readTemplates, templateStamp } from './template-folder.ts'

type Environment = import('minijinja-js').Environment

export interface TemplateSource {
  /** Path of a folder with templates. */
  readonly folder: string
  /** What their names begin with: '' for the shell, `plugins/<id>/` for a feature. */
  readonly prefix: string
}

export interface RenderOptions {
  /** Only this block of the template: what htmx swaps in, from the same text as the page. The template must say `{% extends layout %}`. */
  readonly block?: string
}

export interface Renderer {
  /** The template's text as HTML. All values are escaped. INTERNAL, with the template's name, when it cannot be rendered. */
  render(template: string, context: Readonly<Record<string, unknown>>, options?: RenderOptions): string
  has(template: string): boolean
}

/**
 * The only place that knows the template engine (MiniJinja). In templates: `{% extends layout %}`, the macros of `components/`, and
 * `icon_svg(name, class)`, which the `icon` macro makes safe. With `watch`, changed files are read anew.
 */
export function createRenderer(sources: readonly TemplateSource[], { watch = false } = {}): Renderer {
  let loaded: { environment: Environment; names: Set<string>; stamp: string } | undefined

  return {
    has: template => current().names.has(template),
    render(template, context, { block } = {}) {
      const { environment, names } = current()
      if (!names.has(template)) throw new TuskError('INTERNAL', `There is no template ${template}.`)
      const layout = block === undefined ? 'base.html' : blockLayout(environment, names, block)
      try {
        return environment.renderTemplate(template, { ...context, layout })
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
    const stamp = watch ? sources.map(source => templateStamp(source.folder)).join('|') : ''
    if (loaded === undefined || loaded.stamp !== stamp) loaded = { ...load(sources), stamp }
    return loaded
  }
}

function load(sources: readonly TemplateSource[]): { environment: Environment; names: Set<string> } {
  const { Environment } = loadEngine()
  const environment = new Environment()
  environment.trimBlocks = true
  environment.lstripBlocks = true
  environment.enablePyCompat() // text.split(), map.items(): what people know of Jinja works
  // Printing what is not there is an error, asking `if` it is there is not. The missing letter is the binding's.
  environment.undefinedBehavior = 'semi_strct'
  environment.addGlobal('icon_svg', safely(iconSvg))
  const names = new Set<string>()
  for (const { folder, prefix } of sources)
    for (const { name, source, path } of readTemplates(folder, prefix)) {
      if (names.has(name)) throw new TuskError('PLUGIN_FAILED', `There are two templates ${name}.`, { detail: path })
      try {
        environment.addTemplate(name, source)
      } catch (error) {
        throw new TuskError('PLUGIN_FAILED', `The template ${path} has an error.`, {
          detail: error instanceof Error ? error.message : String(error),
          cause: error,
        })
      }
      names.add(name)
    }
  return { environment, names }
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
