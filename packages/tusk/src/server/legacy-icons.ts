import { iconSvg } from './icons.ts'

/**
 * Draws `<i data-lucide="box" class="w-4 h-4"></i>`, as templates of the older Tusk write icons. Other attributes of the element are
 * kept. Values that a template prints are escaped, so only a template's own text can look like this.
 */
export function drawLegacyIcons(html: string): string {
  if (!html.includes('data-lucide=')) return html
  return html.replace(
    /<i((?:\s+[^\s=>"]+(?:="[^"]*")?)*?)\s+data-lucide="([a-z0-9-]+)"((?:\s+[^\s=>"]+(?:="[^"]*")?)*)\s*><\/i>/g,
    (_whole, before: string, name: string, after: string) => {
      let className = ''
      const others = `${before}${after}`.replace(/\sclass="([^"]*)"/, (_attribute, value: string) => {
        className = value
        return ''
      })
      return iconSvg(name, className).replace('<svg', `<svg${others}`)
    },
  )
}
