import { h, iconButton, replace } from './dom.ts'
import type { Island } from './island.ts'
import { toast } from './toast.ts'

export interface FileDropProps {
  /** As of the input: `.csv,.parquet`, `image/*`. */
  readonly accept: string
  readonly multiple: boolean
  /** 0: no limit. */
  readonly maxBytes: number
}

/** A file input that lists what was chosen, lets it be taken back, and refuses what the field does not accept, with the reason. */
export const fileDrop: Island<FileDropProps> = (element, { accept, multiple, maxBytes }) => {
  const controller = new AbortController()
  const { signal } = controller
  const input = element.querySelector<HTMLInputElement>('input[type=file]')
  const box = element.querySelector<HTMLElement>('.file-drop')
  const list = element.querySelector<HTMLElement>('.file-list')
  if (input === null || box === null || list === null) throw new Error('The field has no input.')

  input.addEventListener('change', check, { signal })
  for (const name of ['dragenter', 'dragover'] as const)
    input.addEventListener(name, () => (box.dataset.over = ''), { signal })
  for (const name of ['dragleave', 'drop'] as const)
    input.addEventListener(name, () => delete box.dataset.over, { signal })
  input.form?.addEventListener('reset', () => setTimeout(show), { signal })
  show()
  return { destroy: () => controller.abort() }

  function check(): void {
    const chosen = [...(input?.files ?? [])]
    const fits = chosen.filter(file => {
      const problem = problemOf(file)
      if (problem !== undefined) toast({ kind: 'warning', title: `${file.name} is not taken.`, detail: problem })
      return problem === undefined
    })
    choose(multiple ? fits : fits.slice(0, 1))
  }

  function problemOf(file: File): string | undefined {
    if (maxBytes > 0 && file.size > maxBytes) return `It has ${sizeText(file.size)}; ${sizeText(maxBytes)} are allowed.`
    return isAccepted(file, accept) ? undefined : `Only ${accept} can be used here.`
  }

  function choose(files: readonly File[]): void {
    const transfer = new DataTransfer()
    for (const file of files) transfer.items.add(file)
    if (input !== null) input.files = transfer.files
    show()
  }

  function show(): void {
    const files = [...(input?.files ?? [])]
    replace(
      list as HTMLElement,
      ...files.map(file =>
        h(
          'li',
          {},
          h('span', { class: 'truncate' }, file.name),
          h('span', { class: 'file-size' }, sizeText(file.size)),
          iconButton('close', `Remove ${file.name}`, () => {
            choose(files.filter(other => other !== file))
            input?.focus()
          }),
        ),
      ),
    )
  }
}

function isAccepted(file: File, accept: string): boolean {
  const rules = accept
    .split(',')
    .map(rule => rule.trim().toLowerCase())
    .filter(rule => rule !== '')
  if (rules.length === 0) return true
  const name = file.name.toLowerCase()
  return rules.some(rule => {
    if (rule.startsWith('.')) return name.endsWith(rule)
    return rule.endsWith('/*') ? file.type.startsWith(rule.slice(0, -1)) : file.type === rule
  })
}

function sizeText(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB']
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** step
  return `${step === 0 ? value : value.toFixed(1)} ${units[step]}`
}
