import type { Component, ComponentLibrary } from '../../../src/server/component-library.ts'

/** docs/components.md: what the component files say about themselves. */
export function componentsDocument(library: ComponentLibrary): string {
  const sections = library.files.map(
    ({ template, about, macros }) => `## \`${template}\`\n\n${about}\n\n${macros.map(describe).join('\n\n')}`,
  )
  return `# Components

What pages are made of, made from the files in \`packages/tusk/src/ui/components\`; do not edit this page. Everything a template prints is
escaped. A page says \`{% extends layout %}\` (or \`{% extends "base.html" %}\`) and fills \`main\` (a page of text, forms, tables) or \`content\`
(all of the window). Further blocks: \`title\`, \`head\`, \`styles\`, \`header_actions\`, \`modals\`, \`scripts\`. A script of a page stands in a file
of the plugin, or has \`nonce="{{ nonce }}"\`. Colours are words that follow the theme: \`text-muted\`, \`text-faint\`, \`text-link\`, \`text-danger\`,
\`text-ok\`, \`text-warn\`, \`text-note\`, \`border-line\`, \`bg-raised\`, \`bg-hover\`, \`bg-selected\`. \`<i data-lucide="name"></i>\` is drawn as an icon.

Scripts find \`tuskToast(message, variant, ms)\`, \`await tuskConfirm(message, title)\`, \`await tuskPrompt(message, value, title)\`,
\`await tuskMap(id)\` and \`tuskPipeline(id, options)\` at the window; Alpine has \`x-data="resizableSidebar('key')"\` and, for expressions that
call these functions, \`x-data="tusk"\`.

${sections.join('\n\n')}
`
}

function describe({ signature, about, caller, callerOptional, parameters, importLine, example }: Component): string {
  const body = caller === '' ? '' : `\n\nTakes a body: \`${caller}\`${callerOptional ? ', which can be left out' : ''}.`
  const rows = parameters.map(
    parameter => `| \`${parameter.name}\` | ${code(parameter.fallback)} | ${parameter.about.replaceAll('|', '\\|')} |`,
  )
  const table = rows.length === 0 ? '' : `\n\n| Parameter | Default | |\n|---|---|---|\n${rows.join('\n')}`
  return `### \`${signature}\`\n\n${about}${body}${table}\n\n\`\`\`jinja\n${importLine}\n${example}\n\`\`\``
}

function code(fallback: string | undefined): string {
  return fallback === undefined ? 'required' : `\`${fallback}\``
}
