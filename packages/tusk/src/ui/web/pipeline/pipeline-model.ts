import { layOut } from './lay-out.ts'

export interface PipelinePorts {
  readonly in?: readonly string[]
  readonly out?: readonly string[]
}

export interface PipelineNode {
  readonly id: string
  readonly type: string
  readonly label: string
  readonly x: number
  readonly y: number
  /** A second line. */
  readonly note?: string
  /** blue, green, red, yellow, orange, purple, indigo, cyan, pink or gray. */
  readonly color?: string
  readonly ports?: PipelinePorts
  readonly config?: unknown
  readonly meta?: Readonly<Record<string, unknown>>
}

export type NewPipelineNode = Partial<PipelineNode>

export interface PipelineEdge {
  readonly id: string
  readonly source: string
  readonly target: string
  readonly sourcePort?: string
  readonly targetPort?: string
  readonly label?: string
}

export type NewPipelineEdge = Partial<PipelineEdge> & Pick<PipelineEdge, 'source' | 'target'>

export interface PipelineState {
  readonly nodes: readonly PipelineNode[]
  readonly edges: readonly PipelineEdge[]
}

export interface PipelineOptions {
  readonly nodeTypes?: Readonly<Record<string, { readonly color?: string; readonly ports?: PipelinePorts }>>
  readonly direction?: 'LR' | 'TB'
  readonly onNodeClick?: (node: PipelineNode) => void
  readonly onNodeDoubleClick?: (node: PipelineNode) => void
  readonly onNodeDelete?: (node: PipelineNode) => void
  readonly onEdgeCreate?: (edge: PipelineEdge) => void
  readonly onPipelineChange?: (state: PipelineState) => void
}

/** What scripts get from `tuskPipeline(id)`. Works before the canvas is drawn. */
export interface PipelineHandle {
  addNode(node: NewPipelineNode): PipelineNode
  removeNode(id: string): void
  /** Null when an end is not there, both are the same, the edge exists, or it would close a circle. */
  addEdge(source: string, target: string, sourcePort?: string, targetPort?: string): PipelineEdge | null
  removeEdge(id: string): void
  autoLayout(): void
  fitView(): void
  getState(): PipelineState
  setState(state: { readonly nodes?: readonly NewPipelineNode[]; readonly edges?: readonly NewPipelineEdge[] }): void
  getNodes(): readonly PipelineNode[]
  getEdges(): readonly PipelineEdge[]
  clear(): void
}

const models = new Map<string, PipelineModel>()

/** The model of the canvas with this id; made when it is first asked for, by a script or by the canvas. */
export function pipelineOf(id: string, options: PipelineOptions = {}): PipelineModel {
  const model = models.get(id) ?? new PipelineModel()
  models.set(id, model)
  model.options = { ...model.options, ...options }
  return model
}

/** The canvas is gone. */
export function forgetPipeline(id: string): void {
  models.delete(id)
}

/** Nodes and edges without their drawing. */
export class PipelineModel implements PipelineHandle {
  options: PipelineOptions = {}
  /** Set by what draws it. */
  onFit: () => void = () => undefined
  readonly #listeners = new Set<() => void>()
  #nodes: readonly PipelineNode[] = []
  #edges: readonly PipelineEdge[] = []

  get isEmpty(): boolean {
    return this.#nodes.length === 0
  }

  /** Called after each change, until the returned function is. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  addNode(node: NewPipelineNode): PipelineNode {
    const type = node.type ?? 'unknown'
    const made: PipelineNode = {
      ...node,
      id: node.id ?? `node-${crypto.randomUUID().slice(0, 8)}`,
      type,
      label: node.label ?? type,
      x: node.x ?? this.#nodes.length * 220 + 40,
      y: node.y ?? 40,
    }
    this.#nodes = [...this.#nodes.filter(other => other.id !== made.id), made]
    this.#tell()
    return made
  }

  removeNode(id: string): void {
    const node = this.#nodes.find(other => other.id === id)
    if (node === undefined) return
    this.#nodes = this.#nodes.filter(other => other !== node)
    this.#edges = this.#edges.filter(edge => edge.source !== id && edge.target !== id)
    this.options.onNodeDelete?.(node)
    this.#tell()
  }

  moveNode(id: string, x: number, y: number): void {
    this.#nodes = this.#nodes.map(node => (node.id === id ? { ...node, x, y } : node))
    this.#tell()
  }

  addEdge(source: string, target: string, sourcePort?: string, targetPort?: string): PipelineEdge | null {
    const edge = this.#edge({
      source,
      target,
      ...(sourcePort === undefined ? {} : { sourcePort }),
      ...(targetPort === undefined ? {} : { targetPort }),
    })
    if (edge === null) return null
    this.#edges = [...this.#edges, edge]
    this.options.onEdgeCreate?.(edge)
    this.#tell()
    return edge
  }

  removeEdge(id: string): void {
    this.#edges = this.#edges.filter(edge => edge.id !== id)
    this.#tell()
  }

  autoLayout(): void {
    const places = layOut(
      this.#nodes.map(({ id }) => id),
      this.#edges,
      this.options.direction ?? 'LR',
    )
    this.#nodes = this.#nodes.map(node => ({ ...node, ...places.get(node.id) }))
    this.#tell()
    this.onFit()
  }

  fitView(): void {
    this.onFit()
  }

  getState(): PipelineState {
    return structuredClone({ nodes: this.#nodes, edges: this.#edges })
  }

  setState({ nodes = [], edges = [] }: Parameters<PipelineHandle['setState']>[0]): void {
    const placed = nodes.every(({ x, y }) => x !== undefined && y !== undefined)
    this.#nodes = []
    this.#edges = []
    for (const node of nodes) this.addNode(node)
    for (const edge of edges) {
      const made = this.#edge(edge)
      if (made !== null) this.#edges = [...this.#edges, made]
    }
    if (placed) this.#tell()
    else this.autoLayout()
  }

  getNodes(): readonly PipelineNode[] {
    return this.#nodes
  }

  getEdges(): readonly PipelineEdge[] {
    return this.#edges
  }

  clear(): void {
    this.#nodes = []
    this.#edges = []
    this.#tell()
  }

  colorOf(node: PipelineNode): string {
    return this.options.nodeTypes?.[node.type]?.color ?? node.color ?? String(node.meta?.color ?? 'blue')
  }

  portsOf(node: PipelineNode): Required<PipelinePorts> {
    const ports = this.options.nodeTypes?.[node.type]?.ports ?? node.ports
    return { in: ports?.in ?? ['input'], out: ports?.out ?? ['output'] }
  }

  #edge(edge: NewPipelineEdge): PipelineEdge | null {
    const { source, target } = edge
    const known = (id: string): boolean => this.#nodes.some(node => node.id === id)
    const same = this.#edges.some(
      other =>
        other.source === source &&
        other.target === target &&
        other.sourcePort === edge.sourcePort &&
        other.targetPort === edge.targetPort,
    )
    if (source === target || same || !known(source) || !known(target) || this.#reaches(target, source)) return null
    return { ...edge, id: edge.id ?? `edge-${crypto.randomUUID().slice(0, 8)}` }
  }

  #reaches(from: string, to: string): boolean {
    const seen = new Set([from])
    for (const id of seen) for (const edge of this.#edges) if (edge.source === id) seen.add(edge.target)
    return seen.has(to)
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
