import { h, marked, spinner } from '../../../ui/web/dom.ts'
import { type IconName, icon } from '../../../ui/web/icons.ts'
import type { WireColumn, WireRelation } from '../../../wire.ts'
import { shortCount } from './format.ts'
import type { TreeRow } from './tree-model.ts'

const kindIcons: Readonly<Record<string, IconName>> = {
  table: 'table',
  'partitioned table': 'table',
  'foreign table': 'link',
  'virtual table': 'table',
  view: 'view',
  'materialized view': 'layers',
}

/** Fills a line of the tree. */
export function paintRow(line: HTMLElement, row: TreeRow, onRetry: () => void): void {
  line.replaceChildren()
  line.className = `studio-tree-row studio-tree-${row.kind}`
  line.ariaLevel = String(row.level)
  line.ariaExpanded = row.kind === 'schema' || row.kind === 'relation' ? String(row.open) : null
  line.style.setProperty('--level', String(row.level))
  line.title = ''
  switch (row.kind) {
    case 'schema':
      line.append(
        chevron(row.open),
        icon('database'),
        name(row.name),
        h('span', { class: 'studio-tree-note' }, shortCount(row.count)),
      )
      line.title = `Schema ${row.name} · ${row.count} ${row.count === 1 ? 'table or view' : 'tables and views'}`
      break
    case 'relation':
      line.append(
        chevron(row.open),
        icon(kindIcons[row.relation.kind] ?? 'table', `studio-kind-${row.relation.kind.replaceAll(' ', '-')}`),
        name(row.relation.name, row.match),
      )
      if (row.relation.rowEstimate !== undefined) {
        line.append(h('span', { class: 'studio-tree-note' }, shortCount(row.relation.rowEstimate)))
      }
      line.title = relationTitle(row.relation)
      break
    case 'column':
      line.append(
        columnIcon(row.column),
        name(row.column.name, row.match),
        h('span', { class: 'studio-tree-type' }, row.column.type),
      )
      line.title = columnTitle(row.column)
      break
    case 'loading':
      line.append(spinner(), h('span', { class: 'studio-tree-text' }, 'Loading …'))
      break
    case 'failed': {
      const retry = h('button', { class: 'studio-link', attributes: { type: 'button', tabindex: '-1' } }, 'Retry')
      retry.addEventListener('click', event => {
        event.stopPropagation()
        onRetry()
      })
      line.append(icon('alert'), h('span', { class: 'studio-tree-text' }, row.failure.error.message), retry)
      line.title = [row.failure.error.message, row.failure.error.detail, row.failure.error.hint]
        .filter(Boolean)
        .join('\n')
      break
    }
    case 'empty':
      line.append(h('span', { class: 'studio-tree-text' }, row.text))
  }
}

function chevron(open: boolean): Node {
  return icon(open ? 'down' : 'right', 'studio-chevron')
}

function name(text: string, match = ''): HTMLElement {
  return h('span', { class: 'studio-tree-name' }, marked(text === '' ? '(no name)' : text, match))
}

function columnIcon(column: WireColumn): Node {
  if (column.primaryKey === true) return icon('key', 'studio-primary-key')
  if (column.references !== undefined) return icon('link', 'studio-foreign-key')
  return h('span', { class: column.nullable ? 'studio-nullable' : 'studio-not-null' })
}

function relationTitle(relation: WireRelation): string {
  const rows = relation.rowEstimate === undefined ? '' : ` · about ${relation.rowEstimate.toLocaleString('en-US')} rows`
  return [`${relation.schema}.${relation.name}`, `${relation.kind}${rows}`, relation.comment].filter(Boolean).join('\n')
}

function columnTitle(column: WireColumn): string {
  const { references } = column
  return [
    `${column.name}  ${column.type}`,
    column.primaryKey === true ? 'Primary key' : undefined,
    references && `Refers to ${references.schema}.${references.name} (${references.column})`,
    column.nullable ? 'May be NULL' : 'Not NULL',
    column.default === undefined ? undefined : `Default ${column.default}`,
    column.comment,
  ]
    .filter(Boolean)
    .join('\n')
}
