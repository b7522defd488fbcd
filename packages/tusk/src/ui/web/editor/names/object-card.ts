import type { WireColumn } from '../../../../wire.ts'
import { h, replace } from '../../dom.ts'
import type { IndexedRelation } from '../completion/schema-index.ts'
import type { NamedObject } from './object-at.ts'

/** All columns of a relation with what is known of them; rejects when they cannot be read. */
export type DescribeColumns = (relation: IndexedRelation) => Promise<readonly WireColumn[]>

/** What is shown of a table or column under the mouse. Keys and comments of columns are filled in when they have come. */
export function objectCard({ relation, column }: NamedObject, describe: DescribeColumns | undefined): HTMLElement {
  const card = h('div', { class: 'cm-object-card' })
  if (column === undefined && relation !== undefined) {
    card.append(...relationLines(relation))
    return card
  }
  const draw = (known?: WireColumn): void => {
    replace(
      card,
      h('div', { class: 'cm-object-name' }, column!.name, h('span', {}, known?.type ?? column!.type)),
      relation && h('div', { class: 'cm-object-place' }, fullName(relation)),
      known !== undefined && h('div', { class: 'cm-object-facts' }, columnFacts(known)),
      known?.comment !== undefined && h('p', {}, known.comment),
    )
  }
  draw()
  if (relation !== undefined && describe !== undefined)
    describe(relation)
      .then(columns => draw(columns.find(({ name }) => name === column!.name)))
      .catch(() => undefined) // The name and type are shown already; the schema tree says what is wrong.
  return card
}

export function columnFacts({ primaryKey, references, nullable, default: standard }: WireColumn): string {
  return [
    primaryKey === true ? 'primary key' : undefined,
    references === undefined ? undefined : `→ ${references.schema}.${references.name}.${references.column}`,
    nullable ? 'may be NULL' : 'not NULL',
    standard === undefined ? undefined : `default ${standard}`,
  ]
    .filter(part => part !== undefined)
    .join(' · ')
}

function relationLines(relation: IndexedRelation): HTMLElement[] {
  const { kind, rowEstimate, comment } = relation
  const rows = rowEstimate === undefined ? '' : ` · about ${rowEstimate.toLocaleString('en')} rows`
  return [
    h('div', { class: 'cm-object-name' }, fullName(relation)),
    h('div', { class: 'cm-object-facts' }, `${kind}${rows}`),
    ...(comment === undefined ? [] : [h('p', {}, comment)]),
  ]
}

function fullName({ catalog, schema, name }: IndexedRelation): string {
  return [...(catalog === undefined ? [] : [catalog]), schema, name].join('.')
}
