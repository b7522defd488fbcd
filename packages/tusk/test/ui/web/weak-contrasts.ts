/** Texts that are harder to read than they may be, with their contrast. */
export function weakContrasts(): string[] {
  const canvas = document
    .createElement('canvas')
    .getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  const rgba = (color: string): number[] => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data]
  }
  const over = (top: number[], bottom: number[]): number[] => {
    const alpha = (top[3] ?? 255) / 255
    return [0, 1, 2].map(index => (top[index] ?? 0) * alpha + (bottom[index] ?? 0) * (1 - alpha)).concat(255)
  }
  const background = (element: Element | null): number[] => {
    if (element === null) return rgba(getComputedStyle(document.documentElement).backgroundColor)
    return over(rgba(getComputedStyle(element).backgroundColor), background(element.parentElement))
  }
  const luminance = (color: number[]): number =>
    [0.2126, 0.7152, 0.0722]
      .map((weight, index) => {
        const value = (color[index] ?? 0) / 255
        return weight * (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
      })
      .reduce((sum, part) => sum + part, 0)
  const sample = document.createElement('div')
  for (const name of ['muted', 'faint', 'link', 'danger', 'ok', 'warn', 'note'])
    for (const surface of ['--color-base-100', '--color-base-200', '--tusk-raised']) {
      const text = document.createElement('p')
      text.textContent = `${name} on ${surface}`
      text.style.color = `var(--tusk-${name})`
      text.style.background = `var(${surface})`
      sample.append(text)
    }
  for (const name of ['primary', 'secondary', 'success', 'warning', 'error', 'info', 'neutral', 'accent']) {
    const text = document.createElement('p')
    text.textContent = `on ${name}`
    text.style.color = `var(--color-${name}-content)`
    text.style.background = `var(--color-${name})`
    sample.append(text)
  }
  document.querySelector('.page')?.append(sample)
  const weak: string[] = []
  for (const element of document.querySelectorAll<HTMLElement>('a, button, h1, p, span, label')) {
    if (
      element.textContent?.trim() === '' ||
      element.querySelector('a, button, p, span') !== null ||
      element.matches(':disabled')
    )
      continue
    const behind = background(element)
    const [light = 0, dark = 0] = [
      luminance(over(rgba(getComputedStyle(element).color), behind)),
      luminance(behind),
    ].sort((a, b) => b - a)
    const contrast = (light + 0.05) / (dark + 0.05)
    if (contrast < 4.5) weak.push(`${element.textContent?.trim()}: ${contrast.toFixed(2)}`)
  }
  return weak
}
