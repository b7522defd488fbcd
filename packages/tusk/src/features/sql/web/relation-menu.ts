import type { Dialect } from '../../../engine/dialect.ts'
import { icon } from '../../../ui/web/icons.ts'
import type { WireConnection, WireRelation } from '../../../wire.ts'
import { type Catalog, relationKey } from './catalog.ts'
import { type PopupAnchor, popup } from './popup.ts'
import { countSql, firstRowsSql, relationName, selectSql } from './relation-sql.ts'
import { copyText } from './tell.ts'

export interface RelationMenuOptions {
  readonly catalog: Catalog
  readonly connection: WireConnection
  readonly dialect: Dialect
  /** Opens the page of the table. */
  readonly onOpen: () => void
  readonly onInsert: (name: string) => void
  /** Opens a tab on the connection and runs its text. */
  readonly onRunInNewTab: (title: string, sql: string) => void
  readonly onRefresh: () => void
}

/** The name as it is written on this connection. */
function nameOnConnection(relation: WireRelation, connectionId: string, catalog: Catalog, dialect: Dialect): string {
  const { relations } = catalog.of(connectionId).value
  return relationName(relation, relations.state === 'ready' ? relations.value.searchPath : [], dialect)
}

/** What one can do with a table or view of the schema tree. */
export function openRelationMenu(relation: WireRelation, anchor: PopupAnchor, options: RelationMenuOptions): void {
  const { catalog, connection, dialect, onOpen, onInsert, onRunInNewTab, onRefresh } = options
  const name = nameOnConnection(relation, connection.id, catalog, dialect)
  const copySelect = async (): Promise<void> => {
    await catalog.loadColumns(connection.id, relation)
    const columns = catalog.of(connection.id).value.columns.get(relationKey(relation))
    await copyText(selectSql(name, columns?.state === 'ready' ? columns.value : undefined, dialect), 'SELECT copied')
  }
  popup(anchor, relation.name, [
    { label: 'Open', icon: icon('table'), shortcut: 'Enter', run: onOpen },
    { label: 'First 100 rows', icon: icon('run'), run: () => onRunInNewTab(relation.name, firstRowsSql(name)) },
    { label: 'Count rows', icon: icon('count'), run: () => onRunInNewTab(`${relation.name} count`, countSql(name)) },
    'separator',
    { label: 'Insert name', icon: icon('insert'), run: () => onInsert(name) },
    { label: 'Copy name', icon: icon('copy'), run: () => void copyText(name, 'Name copied') },
    { label: 'Copy SELECT', icon: icon('copy'), run: () => void copySelect() },
    'separator',
    { label: 'Refresh', icon: icon('refresh'), shortcut: 'F5', run: onRefresh },
  ])
}
