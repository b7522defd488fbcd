import type { Page } from '@playwright/test'

export interface PoorContrast {
  readonly component: string
  readonly text: string
  readonly ratio: number
  readonly colors: string
}

/**
 * Texts below 4.5:1 (large ones below 3:1) and icons of controls below 3:1 inside of what `selector` finds, as they are painted: through
 * transparent layers and opacity. What is disabled or hidden does not count, nor what stands on a picture.
 */
export function poorContrasts(page: Page, selector: string): Promise<PoorContrast[]> {
  return page.evaluate(`(${measure})(${JSON.stringify(selector)})`)
}

const measure = `selector => {
  const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  const known = new Map()
  const parse = text => {
    if (!known.has(text)) {
      pixel.clearRect(0, 0, 1, 1)
      pixel.fillStyle = text
      pixel.fillRect(0, 0, 1, 1)
      const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data
      known.set(text, { color: [red, green, blue], alpha: alpha / 255 })
    }
    return known.get(text)
  }
  const over = (top, alpha, below) => top.map((value, index) => value * alpha + below[index] * (1 - alpha))
  const luminance = color => {
    const [red, green, blue] = color.map(value => {
      const part = value / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const ratioOf = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
    return (light + 0.05) / (dark + 0.05)
  }
  const backgroundOf = element => {
    const layers = []
    for (let one = element; one !== null; one = one.parentElement) {
      const style = getComputedStyle(one)
      if (style.backgroundImage.includes('url(')) return null
      const { color, alpha } = parse(style.backgroundColor)
      if (alpha > 0) layers.push({ color, alpha })
      if (alpha === 1) break
    }
    return layers.reduceRight((below, { color, alpha }) => over(color, alpha, below), [255, 255, 255])
  }
  const opacityOf = element => {
    let opacity = 1
    for (let one = element; one !== null; one = one.parentElement) opacity *= Number(getComputedStyle(one).opacity)
    return opacity
  }
  const found = []
  const check = (element, paint, least, text) => {
    if (element.closest(':disabled, [aria-disabled=true], [aria-hidden=true]:not(svg), canvas, .sr-only') !== null) return
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return
    const background = backgroundOf(element)
    if (background === null) return
    const { color, alpha } = parse(paint)
    const ratio = ratioOf(over(color, alpha * opacityOf(element), background), background)
    if (ratio >= least) return
    const component = element.closest('[data-component]')?.dataset.component ?? ''
    found.push({ component, text: text.trim().slice(0, 60), ratio: Math.round(ratio * 100) / 100, colors: paint + ' on ' + background.map(Math.round) })
  }
  const leastFor = style => {
    const size = parseFloat(style.fontSize)
    return size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5
  }
  for (const root of document.querySelectorAll(selector)) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement
      const style = getComputedStyle(element)
      if (texts.currentNode.data.trim() !== '' && !element.matches('option, script, style, template'))
        check(element, style.color, leastFor(style), texts.currentNode.data)
    }
    for (const field of root.querySelectorAll('input:not([type=checkbox], [type=radio], [type=file]), textarea, select')) {
      const style = getComputedStyle(field)
      check(field, style.color, leastFor(style), field.value || field.name)
      if (field.placeholder) check(field, getComputedStyle(field, '::placeholder').color, leastFor(style), field.placeholder)
    }
    for (const icon of root.querySelectorAll(':is(button, a, summary) svg'))
      check(icon, getComputedStyle(icon).color, 3, 'icon in ' + (icon.closest('button, a, summary').ariaLabel ?? icon.closest('button, a, summary').textContent))
  }
  return found
}`
