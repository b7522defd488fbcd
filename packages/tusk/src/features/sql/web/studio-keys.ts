export interface StudioCommands {
  readonly newTab: () => void
  readonly closeTab: () => void
  readonly goToTab: (at: number) => void
  readonly stepTab: (step: number) => void
  readonly refresh: () => void
  readonly searchSchema: () => void
  readonly history: () => void
  readonly shortcuts: () => void
  readonly save: () => void
  readonly snippets: () => void
  readonly run: () => void
  readonly runAll: () => void
  readonly cancel: () => boolean
  readonly explain: (analyze: boolean) => void
  readonly format: () => void
  readonly commit: () => void
  readonly rollback: () => void
  /** F6 goes round the parts of the page. */
  readonly nextPart: (back: boolean) => void
}

/** Keys that work anywhere on the page. What the editor, the grid or a dialog takes does not reach this. */
export function studioKeys(commands: StudioCommands): (event: KeyboardEvent) => void {
  return event => {
    if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return
    if (take(event, commands)) event.preventDefault()
  }
}

function take(event: KeyboardEvent, commands: StudioCommands): boolean {
  const mod = event.ctrlKey || event.metaKey
  if (event.altKey && !mod) return event.shiftKey ? takeAltShift(event, commands) : takeAlt(event, commands)
  if (mod && !event.altKey) {
    // Ctrl+H only: Cmd+H hides the window on a Mac.
    if (event.ctrlKey && event.code === 'KeyH' && !event.shiftKey) commands.history()
    else if (event.code === 'KeyS' && !event.shiftKey) commands.save()
    // A browser keeps these for itself; in an app that was installed they come through.
    else if ((event.code === 'KeyT' || event.code === 'KeyN') && !event.shiftKey) commands.newTab()
    else if (event.code === 'KeyW' && !event.shiftKey) commands.closeTab()
    else if (event.ctrlKey && event.key === 'Tab') commands.stepTab(event.shiftKey ? -1 : 1)
    else if (event.key === 'Enter') event.shiftKey ? commands.runAll() : commands.run()
    else return false
    return true
  }
  if (event.altKey || mod) return false
  if (event.key === 'F5' && !event.shiftKey) commands.refresh()
  else if (event.key === 'F6') commands.nextPart(event.shiftKey)
  else if (event.key === 'Escape') return commands.cancel()
  else if (event.key === '?' && !isTyping(event.target)) commands.shortcuts()
  else return false
  return true
}

function takeAlt(event: KeyboardEvent, commands: StudioCommands): boolean {
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1]
  if (digit !== undefined) commands.goToTab(Number(digit) - 1)
  else if (event.code === 'KeyN') commands.newTab()
  else if (event.code === 'KeyW') commands.closeTab()
  else if (event.code === 'KeyS') commands.searchSchema()
  else if (event.code === 'KeyE') commands.explain(false)
  else if (event.key === 'PageUp') commands.stepTab(-1)
  else if (event.key === 'PageDown') commands.stepTab(1)
  else return false
  return true
}

function takeAltShift(event: KeyboardEvent, commands: StudioCommands): boolean {
  if (event.code === 'KeyE') commands.explain(true)
  else if (event.code === 'KeyF') commands.format()
  else if (event.code === 'KeyS') commands.snippets()
  else if (event.code === 'KeyC') commands.commit()
  else if (event.code === 'KeyR') commands.rollback()
  else return false
  return true
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}
