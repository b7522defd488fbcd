import { confirm } from '../../../ui/web/dialog.ts'
import type { MenuItem } from '../../../ui/web/menu.ts'
import type { WireConnection } from '../../../wire.ts'
import type { Catalog } from './catalog.ts'
import { openConnectionDialog } from './connection-dialog.ts'
import { colorDot } from './connection-look.ts'
import type { Connections } from './connections.ts'
import { failureOf } from './failure-of.ts'
import type { May } from './may.ts'
import { type PopupAnchor, popup } from './popup.ts'
import { openRolesDialog } from './roles-dialog.ts'
import { connectionColor, environmentOf } from './safety/environment.ts'
import { openShareConnectionDialog } from './share-connection-dialog.ts'
import { openSignInDialog } from './sign-in-dialog.ts'
import type { StudioApi } from './studio-api.ts'
import { tellFailure } from './tell.ts'

export interface ConnectionActionsOptions {
  readonly api: StudioApi
  readonly may: May
  readonly connections: Connections
  readonly catalog: Catalog
  /** The connection of the tab in front. */
  readonly current: () => string | null | undefined
  readonly onUse: (connection: WireConnection) => void
  readonly onNewTab: (connection: WireConnection) => void
  readonly onReconnect: (connection: WireConnection) => void
  readonly onSaved: (connection: WireConnection, isNew: boolean) => void
}

/** What a person does with connections: choose, add, change, duplicate, delete. */
export class ConnectionActions {
  readonly #options: ConnectionActionsOptions

  constructor(options: ConnectionActionsOptions) {
    this.#options = options
  }

  /** The menu of the run bar. */
  choose(anchor: PopupAnchor): void {
    const { connections, current, onUse } = this.#options
    const items: MenuItem[] = (connections.list.value ?? []).map(connection => ({
      label: [connection.name, environmentOf(connection)?.short].filter(Boolean).join(' · '),
      icon: colorDot(connectionColor(connection)),
      checked: connection.id === current(),
      run: () => onUse(connection),
    }))
    popup(anchor, 'Connection of this tab', [
      ...items,
      ...(this.#options.may('connections.create')
        ? (['separator', { label: 'New connection …', run: () => this.add() }] as const)
        : []),
    ])
  }

  menu(connection: WireConnection, anchor: PopupAnchor): void {
    const { catalog, onNewTab, onReconnect, may } = this.#options
    const own = connection.level === 'own'
    const reload = (): void => void this.#options.connections.load()
    const changes: MenuItem[] = [
      ...(may('connections.edit') && (own || connection.level === 'edit')
        ? [{ label: 'Edit …', run: () => this.#open({ connection }) }]
        : []),
      ...(may('share') && may('connections.edit') && own
        ? [{ label: 'Share or give …', run: () => openShareConnectionDialog(this.#options.api, connection, reload) }]
        : []),
      ...(connection.asOwnRole && may('connections.edit') && (own || connection.level === 'edit')
        ? [{ label: 'Database roles …', run: () => openRolesDialog(this.#options.api, connection, reload) }]
        : []),
      ...(may('connections.create') ? [{ label: 'Duplicate …', run: () => this.#open({ copyOf: connection }) }] : []),
      ...(may('connections.delete') && own
        ? [{ label: 'Delete …', danger: true, run: () => void this.#remove(connection) }]
        : []),
    ]
    popup(anchor, connection.name, [
      ...(connection.level === 'view'
        ? []
        : [
            { label: 'New tab here', run: () => onNewTab(connection) },
            { label: 'Reconnect', run: () => onReconnect(connection) },
          ]),
      ...(connection.eachSignsIn
        ? [
            { label: connection.signedIn ? 'Change your sign-in …' : 'Sign in …', run: () => this.signIn(connection) },
            ...(connection.signedIn
              ? [{ label: 'Forget your sign-in', run: () => void this.#forgetSignIn(connection) }]
              : []),
          ]
        : []),
      { label: 'Refresh the schema', run: () => void catalog.load(connection.id, true) },
      ...(changes.length === 0 ? [] : (['separator', ...changes] as const)),
    ])
  }

  add(): void {
    this.#open({})
  }

  /** Asks for the person's own user and password; `after` when they are right and kept. */
  signIn(connection: WireConnection, after?: () => void): void {
    const { api, connections, catalog, onSaved } = this.#options
    const engine = connections.engine(connection.engine)
    if (engine === undefined) return
    openSignInDialog({
      api,
      connection,
      engine,
      onSignedIn: () => {
        catalog.forget(connection.id)
        void connections.load().then(() => {
          onSaved(connections.get(connection.id) ?? connection, false)
          after?.()
        })
      },
    })
  }

  async #forgetSignIn(connection: WireConnection): Promise<void> {
    const { api, connections, catalog } = this.#options
    try {
      await api.forgetSignIn(connection.id)
      catalog.forget(connection.id)
      await connections.load()
    } catch (error) {
      tellFailure(failureOf(error), 'The sign-in could not be forgotten')
    }
  }

  #open(subject: { readonly connection?: WireConnection; readonly copyOf?: WireConnection }): void {
    const { api, connections, catalog, onSaved } = this.#options
    openConnectionDialog({
      ...subject,
      api,
      connections,
      onSaved: saved => {
        catalog.forget(saved.id)
        onSaved(saved, subject.connection === undefined)
      },
    })
  }

  async #remove(connection: WireConnection): Promise<void> {
    const { connections, catalog } = this.#options
    const sure = await confirm({
      title: `Delete “${connection.name}”?`,
      message: 'The saved settings are deleted. The database itself is not touched.',
      confirmLabel: 'Delete',
      danger: true,
    })
    if (!sure) return
    catalog.forget(connection.id)
    try {
      await connections.remove(connection.id)
    } catch (error) {
      tellFailure(failureOf(error), 'The connection could not be deleted')
    }
  }
}
