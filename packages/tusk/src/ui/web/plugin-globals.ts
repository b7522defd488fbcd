import { confirm, prompt } from './dialog.ts'
import { mapHandles } from './map/map-handles.ts'
import { type PipelineHandle, type PipelineOptions, pipelineOf } from './pipeline/pipeline-model.ts'
import type { PluginGlobals } from './plugin-island.ts'
import { type ToastOptions, toast } from './toast.ts'

/**
 * What scripts of plugins find at the window, as in the older Tusk, and the event `tuskToast` by which an answer to htmx says something:
 * `HX-Trigger: {"tuskToast": {"message": "Saved", "variant": "success"}}`.
 */
export function startPluginGlobals(): void {
  const typed: PluginGlobals = { tuskToast, tuskConfirm, tuskPrompt }
  Object.assign(window, { ...typed, tuskMap: mapHandles.wait, tuskPipeline: pipelineOf })
  document.addEventListener('tuskToast', event => {
    const { message, variant } = (event as CustomEvent<{ message?: string; variant?: string } | null>).detail ?? {}
    if (message !== undefined && message !== '') tuskToast(message, variant)
  })
}

/** Says something in the corner. `variant`: info, success, warning or error; after `durationMs` it goes, 0 leaves it there. */
export function tuskToast(message: string, variant = 'info', durationMs?: number): void {
  toast({ kind: kindOf(variant), title: message, ...(durationMs === undefined ? {} : { durationMs }) })
}

/** Asks before something is lost: true for yes. */
export function tuskConfirm(message: string, title?: string): Promise<boolean> {
  return confirm({
    title: title ?? message,
    ...(title === undefined ? {} : { message }),
    confirmLabel: 'Confirm',
    danger: true,
  })
}

/** Asks for a line of text: null when it was given up. */
export function tuskPrompt(message: string, value = '', title?: string): Promise<string | null> {
  return prompt({ title: title ?? message, label: message, value })
}

function kindOf(variant: string): NonNullable<ToastOptions['kind']> {
  return variant === 'success' || variant === 'warning' || variant === 'error' ? variant : 'info'
}

declare global {
  interface Window {
    tuskToast: typeof tuskToast
    tuskConfirm: typeof tuskConfirm
    tuskPrompt: typeof tuskPrompt
    /** The MapLibre map that `map_container(id)` made, as soon as it is there. */
    tuskMap(id: string): Promise<unknown>
    /** The canvas of `pipeline_canvas(id)`. */
    tuskPipeline(id: string, options?: PipelineOptions): PipelineHandle
  }
}
