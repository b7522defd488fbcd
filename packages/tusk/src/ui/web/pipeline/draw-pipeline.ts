import { nodeSize } from './lay-out.ts'
import type { PipelineEdge, PipelineModel, PipelineNode } from './pipeline-model.ts'
import { svg } from './svg.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

const { width, height } = nodeSize
/** More does not fit into a node. */
const mostLetters = 22

/** A node as an element at its place, named for screen readers. */
export function drawNode(
  model: PipelineModel,
  node: PipelineNode,
  { id, selected, editable }: { readonly id: string; readonly selected: boolean; readonly editable: boolean },
): SVGGElement {
  const ports = model.portsOf(node)
  const circles = (['in', 'out'] as const).flatMap(side =>
    ports[side].map(port => {
      const place = portPlace(model, node, side, port)
      return svg('circle', {
        class: 'pipeline-port',
        r: 5,
        cx: place.x - node.x,
        cy: place.y - node.y,
        'data-node': node.id,
        'data-side': side,
        'data-port': port,
      })
    }),
  )
  return svg(
    'g',
    {
      id,
      class: `pipeline-node tint-${model.colorOf(node).replace(/\W/g, '')}${selected ? ' is-selected' : ''}`,
      transform: `translate(${node.x} ${node.y})`,
      role: 'img',
      'aria-label': describeNode(model, node, selected),
      'data-node': node.id,
    },
    svg('title', {}, node.note === undefined ? node.label : `${node.label}: ${node.note}`),
    svg('rect', { width, height, rx: 8 }),
    svg('rect', { class: 'pipeline-mark', x: 8, y: 12, width: 4, height: height - 24, rx: 2 }),
    svg('text', { x: 22, y: node.note === undefined ? 33 : 25 }, cut(node.label)),
    ...(node.note === undefined ? [] : [svg('text', { class: 'pipeline-node-note', x: 22, y: 42 }, cut(node.note))]),
    ...(editable ? circles : []),
  )
}

export function drawEdge(model: PipelineModel, edge: PipelineEdge, selected: boolean, marker: string): Element[] {
  const source = model.getNodes().find(node => node.id === edge.source)
  const target = model.getNodes().find(node => node.id === edge.target)
  if (source === undefined || target === undefined) return []
  const from = portPlace(model, source, 'out', edge.sourcePort)
  const to = portPlace(model, target, 'in', edge.targetPort)
  const d = way(from, to, model.options.direction ?? 'LR')
  const line = svg('path', {
    class: `pipeline-edge${selected ? ' is-selected' : ''}`,
    d,
    'marker-end': `url(#${marker})`,
  })
  const hit = svg('path', { class: 'pipeline-edge-hit', d, 'data-edge': edge.id })
  if (edge.label === undefined) return [line, hit]
  const label = svg(
    'text',
    { class: 'pipeline-edge-label', x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 - 6, 'text-anchor': 'middle' },
    edge.label,
  )
  return [line, hit, label]
}

/** Where a port is; the first one when there is none of this name. */
export function portPlace(model: PipelineModel, node: PipelineNode, side: 'in' | 'out', port?: string): Point {
  const ports = model.portsOf(node)[side]
  const index = Math.max(0, port === undefined ? 0 : ports.indexOf(port))
  const share = (index + 1) / (Math.max(1, ports.length) + 1)
  return model.options.direction === 'TB'
    ? { x: node.x + width * share, y: node.y + (side === 'in' ? 0 : height) }
    : { x: node.x + (side === 'in' ? 0 : width), y: node.y + height * share }
}

/** A curve from one point to the other, as path data. */
export function way(from: Point, to: Point, direction: 'LR' | 'TB'): string {
  if (direction === 'TB') {
    const bend = Math.max(24, Math.abs(to.y - from.y) / 2)
    return `M ${from.x} ${from.y} C ${from.x} ${from.y + bend}, ${to.x} ${to.y - bend}, ${to.x} ${to.y}`
  }
  const bend = Math.max(24, Math.abs(to.x - from.x) / 2)
  return `M ${from.x} ${from.y} C ${from.x + bend} ${from.y}, ${to.x - bend} ${to.y}, ${to.x} ${to.y}`
}

/** What a screen reader says of a node. */
export function describeNode(model: PipelineModel, node: PipelineNode, selected: boolean): string {
  const labelOf = (id: string): string => model.getNodes().find(other => other.id === id)?.label ?? id
  const from = model.getEdges().flatMap(edge => (edge.target === node.id ? [labelOf(edge.source)] : []))
  const to = model.getEdges().flatMap(edge => (edge.source === node.id ? [labelOf(edge.target)] : []))
  return [
    node.note === undefined ? node.label : `${node.label}, ${node.note}`,
    from.length === 0 ? '' : `from ${from.join(' and ')}`,
    to.length === 0 ? '' : `to ${to.join(' and ')}`,
    selected ? 'selected' : '',
  ]
    .filter(part => part !== '')
    .join('; ')
}

function cut(text: string): string {
  return text.length > mostLetters ? `${text.slice(0, mostLetters - 1)}…` : text
}
