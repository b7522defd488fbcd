/** What `components/*.html` offer, read from the files themselves: comments, signatures and examples stand beside each macro. */
export interface ComponentLibrary {
  readonly files: readonly ComponentFile[]
  /** Each example as a template of its own, with the imports it needs. */
  readonly examples: readonly { readonly name: string; readonly source: string }[]
}

export interface ComponentFile {
  /** `feedback` */
  readonly name: string
  /** `components/feedback.html` */
  readonly template: string
  readonly about: string
  readonly macros: readonly Component[]
}

export interface Component {
  readonly name: string
  /** `badge(text, variant="info")` */
  readonly signature: string
  readonly about: string
  /** How the macro calls back: `caller()` or `caller(row)`; empty when it takes no body. */
  readonly caller: string
  /** The body can be left out. */
  readonly callerOptional: boolean
  readonly parameters: readonly ComponentParameter[]
  readonly importLine: string
  readonly example: string
  /** Name of the template that draws the example. */
  readonly exampleTemplate: string
}

export interface ComponentParameter {
  readonly name: string
  /** As it is written; undefined when the parameter must be given. */
  readonly fallback?: string
  readonly about: string
}

const documented =
  /\{#((?:(?!#\})[\s\S])*)#\}\s*\{% macro ([a-z]\w*)\(((?:(?!%\})[\s\S])*)\) %\}((?:(?!\{% endmacro %\})[\s\S])*)/g

/**
 * Reads the sources of component files by their names, `components/<file>.html`. The comment before a macro is: what it is, a line
 * `parameter: what it means` for each parameter, `---`, an example. Macros whose names begin with `_` are for their file alone. Throws
 * an Error when a macro has no comment, or when its comment and its parameters differ.
 */
export function readComponentLibrary(
  templates: readonly { readonly name: string; readonly source: string }[],
): ComponentLibrary {
  const read = templates.map(({ name: template, source }) => {
    const name = template.replace(/^components\/|\.html$/g, '')
    const about = /^\{#((?:(?!#\})[\s\S])*)#\}/.exec(source)?.[1] ?? ''
    const macros = [...source.matchAll(documented)].map(match => readMacro(template, match))
    const all = [...source.matchAll(/\{% macro ([a-z]\w*)\(/g)].map(([, macro = '']) => macro)
    const silent = all.filter(macro => !macros.some(known => known.name === macro))
    if (silent.length > 0) throw new Error(`${template}: no comment stands before ${silent.join(', ')}.`)
    return { name, template, about: joinLines(about), macros }
  })
  const home = new Map(read.flatMap(({ template, macros }) => macros.map(({ name }) => [name, template] as const)))
  return {
    files: read,
    examples: read.flatMap(({ macros }) =>
      macros.map(({ name, example, exampleTemplate }) => ({
        name: exampleTemplate,
        source: `${importsFor(name, example, home)}\n${example}`,
      })),
    ),
  }
}

function readMacro(template: string, [, comment = '', name = '', list = '', body = '']: RegExpExecArray): Component {
  const [head = '', ...rest] = comment.split(/^[ \t]*---[ \t]*$/m)
  const notes = new Map<string, string>()
  const lines = head.trim().split('\n')
  const given = splitParameters(list)
  const about = lines.filter(line => {
    const [, parameter = '', text = ''] = /^\s*(\w+): (.+)$/.exec(line) ?? []
    if (!given.some(one => one.name === parameter)) return true
    notes.set(parameter, text)
    return false
  })
  const silent = given.filter(parameter => !notes.has(parameter.name))
  if (silent.length > 0)
    throw new Error(
      `${template}: the comment of ${name} does not say what ${silent.map(one => one.name).join(', ')} means.`,
    )
  if (rest.length === 0) throw new Error(`${template}: ${name} has no example.`)
  const file = template.replace(/^components\/|\.html$/g, '')
  return {
    name,
    signature: `${name}(${list})`,
    about: joinLines(about.join('\n')),
    caller: /\bcaller\([^)]*\)/.exec(body)?.[0] ?? '',
    callerOptional: body.includes('caller is '),
    parameters: given.map(parameter => ({ ...parameter, about: notes.get(parameter.name) ?? '' })),
    importLine: `{% from "${template}" import ${name} %}`,
    example: dedent(rest.join('---')),
    exampleTemplate: `components/examples/${file}/${name}.html`,
  }
}

/** `a, b="x, y", c={}` as three. */
function splitParameters(list: string): { readonly name: string; readonly fallback?: string }[] {
  const parts = list.match(/(?:"[^"]*"|\[[^\]]*\]|\{[^}]*\}|[^,"[{])+/g) ?? []
  return parts.map(part => {
    const [name = '', ...fallback] = part.trim().split('=')
    return fallback.length === 0 ? { name } : { name, fallback: fallback.join('=') }
  })
}

/** Imports of every macro that the example names, by the file it comes from. */
function importsFor(own: string, example: string, home: ReadonlyMap<string, string>): string {
  const named = new Set([own, ...[...example.matchAll(/\b(\w+)\(/g)].map(([, name = '']) => name)])
  return [...named]
    .filter(name => home.has(name))
    .map(name => `{% from "${home.get(name)}" import ${name} %}`)
    .join('')
}

function joinLines(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function dedent(text: string): string {
  const lines = text.replace(/^\s*\n|\s+$/g, '').split('\n')
  const indent = Math.min(
    ...lines.filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length),
  )
  return lines.map(line => line.slice(indent)).join('\n')
}
