import { alterTableSql, type ColumnChange, ddlScript } from '../../../../../dialect/ddl/alter-table.ts'
import { type Droppable, dropSql } from '../../../../../dialect/ddl/table-ddl.ts'
import type { TableDetails } from '../../../../../engine/table-details.ts'
import { confirm } from '../../../../../ui/web/dialog.ts'
import { h } from '../../../../../ui/web/dom.ts'
import { toast } from '../../../../../ui/web/toast.ts'
import type { WireTableName } from '../../../../../wire.ts'
import { failureOf } from '../../failure-of.ts'
import { tellFailure } from '../../tell.ts'
import { columnRows } from './column-rows.ts'
import type { FormPlace } from './create-forms.ts'
import { field, openDdlDialog, textInput } from './ddl-dialog.ts'
import { runDdl } from './run-ddl.ts'

const notes: Readonly<Record<string, string>> = {
  postgres: 'All of it in one transaction: when one statement fails, nothing is changed.',
  duckdb:
    'Each statement is a transaction of its own: what went before one that fails stays. Columns of keys and indexes cannot be changed.',
  sqlite:
    'All of it in one transaction. Types, NOT NULL and defaults are changed by making the table anew, with its rows, indexes and triggers.',
}

export function openAlterTable({ connectionId, parts, onDone }: FormPlace, details: TableDetails): void {
  const name = textInput('ddl-name', details.name)
  // Generated columns and the database's own numbers are what they are.
  const isFixed = ({ generated, identity }: TableDetails['columns'][number]): boolean =>
    generated !== undefined || identity !== undefined
  const asIs = details.columns.map((column): ColumnChange => {
    const { name: was, type, nullable, default: initial } = column
    return { was, name: was, type, nullable, ...(initial === undefined ? {} : { default: initial }) }
  })
  const fixed = asIs.filter((_, at) => isFixed(details.columns[at]!))
  let draw = (): void => undefined
  const columns = columnRows(
    parts.flavour,
    asIs.filter(column => !fixed.includes(column)),
    false,
    () => draw(),
  )
  draw = openDdlDialog({
    title: `Change ${details.name}`,
    connectionId,
    dialect: parts.flavour,
    verb: 'Change',
    body: [
      h('div', { class: 'studio-fields' }, field('Name', name)),
      columns.dom,
      h(
        'p',
        { class: 'studio-hint' },
        [notes[parts.flavour], fixed.length > 0 && `Left as they are: ${fixed.map(one => one.name).join(', ')}.`]
          .filter(Boolean)
          .join(' '),
      ),
    ],
    build: () => {
      // The order of columns is not changed, so where the fixed ones stand does not matter.
      const change = { name: name.value.trim(), columns: [...fixed, ...columns.columns] }
      return ddlScript(parts, alterTableSql(parts, details, change))
    },
    done: 'The table was changed',
    onDone: () => onDone({ ...nameOf(details), name: name.value.trim() }),
  }).draw
}

/** Asks with the name of the thing, then drops it. What depends on it keeps it: nothing is dropped along. */
export async function dropObject(
  { connectionId, parts, onDone }: FormPlace,
  kind: Droppable,
  name: WireTableName,
): Promise<void> {
  const sure = await confirm({
    title: `Drop the ${kind} ${name.name}?`,
    message:
      kind === 'table'
        ? `${name.schema}.${name.name} and all of its rows are gone then. This cannot be undone.`
        : `${name.schema}.${name.name} is gone then. No row is lost.`,
    confirmLabel: `Drop ${name.name}`,
    danger: true,
  })
  if (!sure) return
  try {
    // What production asks for was just answered.
    await runDdl(connectionId, dropSql(parts, kind, name).text, true, new AbortController().signal)
    toast({ kind: 'success', title: `${name.name} was dropped` })
    onDone(name)
  } catch (error) {
    tellFailure(failureOf(error), `${name.name} was not dropped`)
  }
}

function nameOf({ catalog, schema, name }: TableDetails): WireTableName {
  return { ...(catalog === undefined ? {} : { catalog }), schema, name }
}
