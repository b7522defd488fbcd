import { sqlPartsOf } from '../../../../../dialect/safe-sql.ts'
import type { TableDetails } from '../../../../../engine/table-details.ts'
import { icon } from '../../../../../ui/web/icons.ts'
import { toast } from '../../../../../ui/web/toast.ts'
import type { WireConnection, WireTableName } from '../../../../../wire.ts'
import { type PopupAnchor, popup } from '../../popup.ts'
import { dropObject, openAlterTable } from './change-forms.ts'
import { type FormPlace, openCreateIndex, openCreateTable, openCreateView } from './create-forms.ts'

/** Why nothing can be made or changed on a connection; undefined: it can. */
export function whyNoDdl({ readOnly, level, name, engine }: WireConnection): string | undefined {
  if (sqlPartsOf(engine) === undefined) return 'Tusk writes no SQL for this kind of database.'
  if (readOnly) return `The connection “${name}” is read-only.`
  return level === 'view' ? 'You may look at the schema of this connection, not run anything on it.' : undefined
}

/** New things in a schema. */
export function openCreateMenu(
  anchor: PopupAnchor,
  connection: WireConnection,
  /** Where names without a schema are looked up. */
  searchPath: readonly string[],
  onDone: (name: WireTableName) => void,
): void {
  const usual = connection.engine === 'postgres' ? 'public' : 'main'
  const place = placeOf(connection, searchPath.find(schema => schema !== 'temp') ?? usual, onDone)
  const why = whyNoDdl(connection)
  if (place === undefined || why !== undefined) {
    toast({ kind: 'info', title: 'Nothing can be made here', detail: why ?? '' })
    return
  }
  popup(anchor, 'New', [
    { label: 'New table …', icon: icon('table'), run: () => openCreateTable(place) },
    { label: 'New view …', icon: icon('view'), run: () => openCreateView(place) },
  ])
}

export interface ChangeMenuOptions {
  readonly connection: WireConnection
  readonly details: TableDetails
  /** It has this name now. */
  readonly onChanged: (name: WireTableName) => void
  readonly onDropped: () => void
}

/** What can be done with the structure of a table or view. */
export function openChangeMenu(
  anchor: PopupAnchor,
  { connection, details, onChanged, onDropped }: ChangeMenuOptions,
): void {
  const place = placeOf(connection, details.schema, onChanged)
  if (place === undefined) return
  const { kind, indexes, catalog, schema, name } = details
  const table = { ...(catalog === undefined ? {} : { catalog }), schema, name }
  const isTable = kind === 'table' || kind === 'partitioned table'
  const droppable = isTable ? 'table' : kind === 'view' || kind === 'materialized view' ? kind : undefined
  popup(anchor, `Structure of ${name}`, [
    { label: 'Change the table …', icon: icon('edit'), disabled: !isTable, run: () => openAlterTable(place, details) },
    {
      label: 'New index …',
      icon: icon('plus'),
      disabled: !isTable && kind !== 'materialized view',
      run: () => openCreateIndex(place, details),
    },
    ...indexes
      .filter(({ ofKey }) => ofKey !== true)
      .slice(0, 20)
      .map(index => ({
        label: `Drop the index ${index.name} …`,
        icon: icon('trash'),
        danger: true,
        run: () =>
          void dropObject({ ...place, onDone: () => onChanged(table) }, 'index', { ...table, name: index.name }),
      })),
    'separator',
    {
      label: `Drop the ${kind} …`,
      icon: icon('trash'),
      danger: true,
      disabled: droppable === undefined,
      run: () => droppable && void dropObject({ ...place, onDone: onDropped }, droppable, table),
    },
  ])
}

function placeOf(
  connection: WireConnection,
  schema: string,
  onDone: (name: WireTableName) => void,
): FormPlace | undefined {
  const parts = sqlPartsOf(connection.engine)
  return parts === undefined ? undefined : { connectionId: connection.id, parts, schema, onDone }
}
