import { confirm, prompt } from '../../../ui/web/dialog.ts'
import { icon } from '../../../ui/web/icons.ts'
import { toast } from '../../../ui/web/toast.ts'
import type { WireSavedItem } from '../../../wire.ts'
import { askChanges } from './ask-changes.ts'
import { failureOf } from './failure-of.ts'
import type { May } from './may.ts'
import { type PopupAnchor, popup } from './popup.ts'
import { openSaveDialog } from './save-dialog.ts'
import { createSavedPanel, type SavedPanel } from './saved-panel.ts'
import { folderChoices } from './saved-tree.ts'
import { openShareDialog } from './share-dialog.ts'
import type { StudioApi } from './studio-api.ts'
import type { TabDesk } from './tab-desk.ts'
import type { StudioTab, Tabs } from './tabs.ts'
import { tellFailure } from './tell.ts'

export interface SavedDeskOptions {
  readonly api: StudioApi
  readonly tabs: Tabs
  readonly desk: () => TabDesk
  readonly may: May
  readonly onSnippets: () => void
}

/** What is done with saved queries: saved from a tab and opened in one, moved, renamed, deleted with a way back. */
export class SavedDesk {
  readonly panel: SavedPanel
  readonly #options: SavedDeskOptions

  readonly #opening = new Set<string>()

  constructor(options: SavedDeskOptions) {
    this.#options = options
    this.panel = createSavedPanel({
      api: options.api,
      onOpen: item => void this.open(item),
      onMove: (item, parent) => void this.#change(item, { parent }),
      onMenu: (item, anchor) => this.#menu(item, anchor),
      onNewFolder: () => void this.#newFolder(null),
      onSave: () => void this.save(),
      onSnippets: options.onSnippets,
    })
  }

  /** Reads what is there; somebody who may save nothing does not see the panel. */
  async start(): Promise<void> {
    this.panel.dom.hidden = !this.#options.may('queries.save')
    if (!this.panel.dom.hidden) await this.panel.reload()
  }

  /** The tab in front goes to its saved query; a tab that has none asks for a name and a folder. */
  async save(): Promise<void> {
    const { api, tabs, desk, may } = this.#options
    if (!may('queries.save')) {
      toast({ kind: 'info', title: 'Saving queries is not open to you', detail: 'The text of a tab is kept anyway.' })
      return
    }
    desk().takeText()
    const tab = tabs.activeTab
    if (tab === undefined) return
    const known = this.panel.items.find(({ id }) => id === tab.savedQueryId)
    if (known === undefined) {
      this.#saveAs(tab)
      return
    }
    const content = { sql: tab.sql, connectionId: tab.connectionId }
    try {
      await api.changeSaved(known.id, { ...content, version: known.version })
    } catch (error) {
      const failure = failureOf(error)
      if (failure.status !== 409) {
        tellFailure(failure, 'The query could not be saved')
        return
      }
      const overwrite = await confirm({
        title: `“${known.name}” was changed elsewhere`,
        message: 'Another window has saved it since. Saving now replaces that text with the one of this tab.',
        confirmLabel: 'Replace it',
        danger: true,
      })
      if (!overwrite) return
      await api.changeSaved(known.id, content)
    }
    tabs.savedNow(tab.key)
    await this.panel.reload()
    toast({ kind: 'success', title: `“${known.name}” saved` })
  }

  /** Asks what becomes of changes that the saved query does not have. False: the tab stays. */
  async mayClose(tab: StudioTab): Promise<boolean> {
    if (tab.isAsSaved) return true
    const choice = await askChanges(tab.title)
    if (choice === 'save') {
      this.#options.desk().choose(tab.key)
      await this.save()
      return this.#options.tabs.get(tab.key)?.isAsSaved === true
    }
    return choice === 'close'
  }

  /** In the tab that holds it already, or in a new one. */
  async open(item: WireSavedItem): Promise<void> {
    const { tabs, desk } = this.#options
    const there = tabs.list.value.find(tab => tab.savedQueryId === item.id)
    if (there !== undefined) {
      desk().choose(there.key)
      return
    }
    // The second click of a double click: its tab is on the way.
    if (this.#opening.has(item.id)) return
    this.#opening.add(item.id)
    await this.openLinked(item.id)
    this.#opening.delete(item.id)
  }

  /** The saved query with this id, or the one that a share of this id opens, in a new tab. */
  async openLinked(itemId: string): Promise<void> {
    const { api, tabs, desk } = this.#options
    try {
      const { sql, name, connectionId, id, sharedBy } = await api.savedQuery(itemId)
      const connection = connectionId ?? tabs.activeTab?.connectionId ?? null
      // The text of somebody else is read; saving it makes one's own.
      const savedQueryId = sharedBy === undefined ? id : null
      desk().open({ title: name, sql, connectionId: connection, savedQueryId })
    } catch (error) {
      tellFailure(failureOf(error), 'The saved query could not be opened')
      await this.panel.reload()
    }
  }

  #saveAs(tab: StudioTab): void {
    const { api, tabs } = this.#options
    openSaveDialog({
      title: 'Save the query',
      confirmLabel: 'Save',
      name: /^Query \d+$/.test(tab.title) ? '' : tab.title,
      parent: null,
      folders: folderChoices(this.panel.items),
      onSave: async ({ name, parent }) => {
        const { sql, connectionId } = tabs.get(tab.key) ?? tab
        const made = await api.createSaved({ kind: 'query', name, parent, sql, connectionId })
        tabs.change(tab.key, { title: made.name, savedQueryId: made.id })
        await this.panel.reload()
        this.panel.reveal(made.id)
        toast({ kind: 'success', title: `“${made.name}” saved` })
      },
    })
  }

  #menu(item: WireSavedItem, anchor: PopupAnchor): void {
    const isFolder = item.kind === 'folder'
    if (item.sharedBy !== undefined) {
      popup(anchor, item.name, [
        { label: 'Open, to save as your own', icon: icon('insert'), run: () => void this.open(item) },
      ])
      return
    }
    popup(anchor, item.name, [
      ...(isFolder
        ? [{ label: 'New folder inside', icon: icon('folderPlus'), run: () => void this.#newFolder(item.id) }]
        : [{ label: 'Open', icon: icon('insert'), shortcut: 'Enter', run: () => void this.open(item) }]),
      { label: 'Rename', icon: icon('edit'), run: () => void this.#rename(item) },
      ...(!isFolder && this.#options.may('share')
        ? [
            {
              label: 'Share …',
              icon: icon('link'),
              run: () => openShareDialog(this.#options.api, 'saved-queries', item.id),
            },
          ]
        : []),
      { label: 'Move to …', icon: icon('folder'), run: () => this.#move(item) },
      'separator',
      { label: 'Delete', icon: icon('trash'), run: () => void this.#remove(item) },
    ])
  }

  async #newFolder(parent: string | null): Promise<void> {
    const name = await prompt({
      title: 'New folder',
      label: 'Name',
      confirmLabel: 'Make it',
      check: value => (value.trim() === '' ? 'Give it a name.' : undefined),
    })
    if (name === null) return
    await this.#try('The folder could not be made', async () => {
      const made = await this.#options.api.createSaved({ kind: 'folder', name, parent })
      await this.panel.reload()
      this.panel.reveal(made.id)
    })
  }

  async #rename(item: WireSavedItem): Promise<void> {
    const name = await prompt({
      title: `Rename “${item.name}”`,
      label: 'Name',
      value: item.name,
      confirmLabel: 'Rename',
      check: value => (value.trim() === '' ? 'Give it a name.' : undefined),
    })
    if (name !== null && name !== item.name) await this.#change(item, { name })
  }

  #move(item: WireSavedItem): void {
    openSaveDialog({
      title: `Move “${item.name}”`,
      confirmLabel: 'Move',
      parent: item.parent,
      folders: folderChoices(this.panel.items, item.id),
      onSave: async ({ parent }) => {
        await this.#options.api.changeSaved(item.id, { parent })
        await this.panel.reload()
        this.panel.reveal(item.id)
      },
    })
  }

  async #change(
    item: WireSavedItem,
    change: { readonly name?: string; readonly parent?: string | null },
  ): Promise<void> {
    await this.#try(`“${item.name}” could not be changed`, async () => {
      const { name } = await this.#options.api.changeSaved(item.id, change)
      for (const tab of this.#options.tabs.list.value)
        if (tab.savedQueryId === item.id && tab.title === item.name) this.#options.tabs.change(tab.key, { title: name })
      await this.panel.reload()
      this.panel.reveal(item.id)
    })
  }

  async #remove(item: WireSavedItem): Promise<void> {
    const { api } = this.#options
    await this.#try(`“${item.name}” could not be deleted`, async () => {
      await api.removeSaved(item.id)
      await this.panel.reload()
      toast({
        kind: 'info',
        title: `“${item.name}” deleted`,
        ...(item.kind === 'folder' ? { detail: 'With everything in it.' } : {}),
        action: {
          label: 'Undo',
          run: () =>
            void this.#try(`“${item.name}” could not be brought back`, async () => {
              await api.restoreSaved(item.id)
              await this.panel.reload()
            }),
        },
      })
    })
  }

  async #try(title: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      tellFailure(failureOf(error), title)
    }
  }
}
