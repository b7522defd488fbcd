import { confirm } from '../dialog.ts'
import { h } from '../dom.ts'
import { openMenu } from '../menu.ts'
import { toast } from '../toast.ts'
import { describeNode, drawEdge, drawNode, type Point, portPlace, way } from './draw-pipeline.ts'
import { nodeSize } from './lay-out.ts'
import type { PipelineEdge, PipelineModel, PipelineNode } from './pipeline-model.ts'
import { svg } from './svg.ts'

export interface PipelineCanvasOptions {
  readonly editable: boolean
  readonly label: string
}

const zoomLimits = { least: 0.2, most: 3 } as const
/** A press that moves less is a click. */
const clickPixels = 4
const nudge = 20
const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as const

/** Draws a pipeline into an element, and lets people look at and change it by pointer and by keyboard. */
export class PipelineCanvas {
  readonly #element: HTMLElement
  readonly #model: PipelineModel
  readonly #options: PipelineCanvasOptions
  readonly #abort = new AbortController()
  readonly #surface: SVGSVGElement
  readonly #view = svg('g')
  readonly #edges = svg('g')
  readonly #nodes = svg('g')
  readonly #drawn = svg('path', { class: 'pipeline-edge is-drawn' })
  readonly #count = h('div', { class: 'pipeline-count' })
  readonly #live = h('div', { class: 'sr-only', attributes: { 'aria-live': 'polite' } })
  readonly #minimaps: readonly HTMLElement[]
  readonly #toolbars: readonly HTMLElement[]
  readonly #marker: string
  #selectedNodes = new Set<string>()
  #selectedEdges = new Set<string>()
  #active: string | undefined
  #x = 0
  #y = 0
  #zoom = 1
  #frame = 0
  /** Fits as long as nobody has moved the view. */
  #isFitted = true

  constructor(element: HTMLElement, model: PipelineModel, options: PipelineCanvasOptions) {
    this.#element = element
    this.#model = model
    this.#options = options
    this.#marker = `${element.id}-arrow`
    const belonging = [...document.querySelectorAll<HTMLElement>(`[data-pipeline-for="${CSS.escape(element.id)}"]`)]
    this.#minimaps = belonging.filter(one => one.dataset.pipelineMinimap !== undefined)
    this.#toolbars = belonging.filter(one => one.dataset.pipelineMinimap === undefined)
    this.#surface = svg(
      'svg',
      { tabindex: 0, role: 'application', 'aria-label': options.label, 'aria-roledescription': 'graph of steps' },
      svg(
        'defs',
        {},
        svg(
          'marker',
          {
            id: this.#marker,
            viewBox: '0 0 10 10',
            refX: 9,
            refY: 5,
            markerWidth: 8,
            markerHeight: 8,
            orient: 'auto-start-reverse',
          },
          svg('path', { class: 'pipeline-arrow', d: 'M 0 0 L 10 5 L 0 10 z' }),
        ),
      ),
      this.#view,
    )
    this.#view.append(this.#edges, this.#drawn, this.#nodes)
    element.replaceChildren(this.#surface, this.#count, this.#live)
    this.#listen()
    this.fit()
    this.#schedule()
  }

  destroy(): void {
    this.#abort.abort()
    cancelAnimationFrame(this.#frame)
    this.#model.onFit = () => undefined
    for (const minimap of this.#minimaps) minimap.replaceChildren()
    this.#element.replaceChildren()
  }

  /** Shows the whole graph, beside the overview that lies over the canvas unless there is hardly room. */
  fit(): void {
    this.#isFitted = true
    const bounds = this.#bounds()
    const { clientWidth: width, clientHeight: height } = this.#element
    if (width === 0 || height === 0) return
    const over = this.#minimaps.filter(one => one.parentElement === this.#element.parentElement)
    const covered = Math.max(0, ...over.map(one => one.offsetLeft + one.offsetWidth))
    const left = covered < width / 3 ? covered : 0
    const fits = Math.min((width - left - 48) / bounds.width, (height - 48) / bounds.height)
    this.#zoom = Math.min(1, Math.max(zoomLimits.least, fits))
    this.#x = left + (width - left - bounds.width * this.#zoom) / 2 - bounds.x * this.#zoom
    this.#y = (height - bounds.height * this.#zoom) / 2 - bounds.y * this.#zoom
    this.#schedule()
  }

  #listen(): void {
    const { signal } = this.#abort
    const stop = this.#model.listen(() => {
      this.#schedule()
      const state = this.#model.getState()
      this.#model.options.onPipelineChange?.(state)
      this.#element.dispatchEvent(new CustomEvent('tusk:pipeline', { bubbles: true, detail: state }))
    })
    signal.addEventListener('abort', stop)
    this.#model.onFit = () => this.fit()
    const resized = new ResizeObserver(() => (this.#isFitted ? this.fit() : this.#schedule()))
    resized.observe(this.#element)
    signal.addEventListener('abort', () => resized.disconnect())
    this.#surface.addEventListener('pointerdown', event => this.#press(event), { signal })
    this.#surface.addEventListener('dblclick', event => this.#doubleClick(event), { signal })
    this.#surface.addEventListener('keydown', event => this.#key(event), { signal })
    this.#surface.addEventListener('wheel', event => this.#wheel(event), { signal, passive: false })
    for (const toolbar of this.#toolbars) toolbar.addEventListener('click', event => this.#toolbar(event), { signal })
    for (const minimap of this.#minimaps)
      minimap.addEventListener('click', event => this.#goTo(event, minimap), { signal })
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0 || !(event.target instanceof Element)) return
    this.#surface.focus({ preventScroll: true })
    const { target } = event
    const port = target.closest<SVGElement>('.pipeline-port')
    const node = this.#node(target.closest<SVGElement>('.pipeline-node')?.dataset.node)
    const edge = target.closest<SVGElement>('[data-edge]')?.dataset.edge
    const from = { x: event.clientX, y: event.clientY }
    if (port !== null && port.dataset.side === 'out' && node !== undefined) {
      this.#drawEdge(event, node, port)
      return
    }
    if (node !== undefined) {
      this.#pressNode(event, node, from)
      return
    }
    if (edge !== undefined) {
      this.#select(event.shiftKey, undefined, edge)
      return
    }
    const start = { x: this.#x, y: this.#y }
    this.#drag(event, {
      move: point => {
        this.#isFitted = false
        this.#x = start.x + point.x - from.x
        this.#y = start.y + point.y - from.y
        this.#schedule()
      },
      click: () => this.#select(false),
    })
  }

  #pressNode(event: PointerEvent, node: PipelineNode, from: Point): void {
    if (!this.#selectedNodes.has(node.id)) this.#select(event.shiftKey, node.id)
    this.#active = node.id
    const moved = [...this.#selectedNodes].flatMap(id => this.#node(id) ?? [])
    this.#drag(event, {
      move: point => {
        if (!this.#options.editable) return
        for (const { id, x, y } of moved)
          this.#model.moveNode(id, x + (point.x - from.x) / this.#zoom, y + (point.y - from.y) / this.#zoom)
      },
      click: () => {
        this.#select(event.shiftKey, node.id)
        this.#model.options.onNodeClick?.(node)
      },
    })
  }

  #drawEdge(event: PointerEvent, node: PipelineNode, port: SVGElement): void {
    const start = portPlace(this.#model, node, 'out', port.dataset.port)
    this.#drag(event, {
      move: point => {
        this.#drawn.setAttribute('d', way(start, this.#inside(point), this.#model.options.direction ?? 'LR'))
      },
      end: point => {
        this.#drawn.removeAttribute('d')
        const at = document.elementFromPoint(point.x, point.y)
        const target = this.#node(at?.closest<SVGElement>('.pipeline-node')?.dataset.node)
        const targetPort = at?.closest<SVGElement>('.pipeline-port[data-side=in]')?.dataset.port
        if (target !== undefined && target.id !== node.id)
          this.#connect(node, target, port.dataset.port, targetPort ?? this.#model.portsOf(target).in[0])
      },
    })
  }

  #drag(event: PointerEvent, on: { move(point: Point): void; click?(): void; end?(point: Point): void }): void {
    const drag = new AbortController()
    const signal = AbortSignal.any([drag.signal, this.#abort.signal])
    let isClick = true
    this.#surface.setPointerCapture(event.pointerId)
    signal.addEventListener('abort', () => delete this.#element.dataset.dragging)
    this.#surface.addEventListener(
      'pointermove',
      move => {
        if (isClick && Math.hypot(move.clientX - event.clientX, move.clientY - event.clientY) < clickPixels) return
        isClick = false
        this.#element.dataset.dragging = ''
        on.move({ x: move.clientX, y: move.clientY })
      },
      { signal },
    )
    this.#surface.addEventListener(
      'pointerup',
      up => {
        drag.abort()
        if (isClick) on.click?.()
        else on.end?.({ x: up.clientX, y: up.clientY })
      },
      { signal },
    )
    this.#surface.addEventListener('pointercancel', () => drag.abort(), { signal })
  }

  #doubleClick(event: MouseEvent): void {
    const node = this.#node((event.target as Element).closest<SVGElement>('.pipeline-node')?.dataset.node)
    if (node !== undefined) this.#model.options.onNodeDoubleClick?.(node)
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault()
    const box = this.#surface.getBoundingClientRect()
    this.#zoomBy(Math.exp(-event.deltaY / 500), { x: event.clientX - box.left, y: event.clientY - box.top })
  }

  #zoomBy(factor: number, around?: Point): void {
    const { x, y } = around ?? { x: this.#element.clientWidth / 2, y: this.#element.clientHeight / 2 }
    const zoom = Math.min(zoomLimits.most, Math.max(zoomLimits.least, this.#zoom * factor))
    this.#x = x - ((x - this.#x) / this.#zoom) * zoom
    this.#y = y - ((y - this.#y) / this.#zoom) * zoom
    this.#zoom = zoom
    this.#isFitted = false
    this.#schedule()
  }

  #toolbar(event: MouseEvent): void {
    const action = (event.target as Element).closest<HTMLElement>('[data-pipeline-action]')?.dataset.pipelineAction
    if (action === 'layout') this.#model.autoLayout()
    else if (action === 'fit') this.fit()
    else if (action === 'zoom-in') this.#zoomBy(1.2)
    else if (action === 'zoom-out') this.#zoomBy(1 / 1.2)
    else if (action === 'delete') void this.#deleteSelected()
  }

  #key(event: KeyboardEvent): void {
    const direction = arrows[event.key as keyof typeof arrows]
    const node = this.#node(this.#active)
    if (direction !== undefined && event.shiftKey) {
      if (node !== undefined && this.#options.editable)
        this.#model.moveNode(node.id, node.x + direction[0] * nudge, node.y + direction[1] * nudge)
    } else if (direction !== undefined) this.#walk(direction)
    else if (event.key === 'Delete' || event.key === 'Backspace') void this.#deleteSelected()
    else if (event.key === 'Escape') this.#select(false)
    else if (event.key === 'Enter' && node !== undefined)
      (this.#model.options.onNodeDoubleClick ?? this.#model.options.onNodeClick)?.(node)
    else if (event.key === 'c' && !event.ctrlKey && !event.metaKey && node !== undefined) this.#askTarget(node)
    else if (event.key === '+' || event.key === '=') this.#zoomBy(1.2)
    else if (event.key === '-') this.#zoomBy(1 / 1.2)
    else if (event.key === '0') this.fit()
    else return
    event.preventDefault()
  }

  /** To the nearest node in a direction. */
  #walk([right, down]: readonly [number, number]): void {
    const nodes = this.#model.getNodes()
    const here = this.#node(this.#active)
    if (here === undefined) {
      if (nodes[0] !== undefined) this.#activate(nodes[0])
      return
    }
    const reachable = nodes
      .map(node => ({ node, along: (node.x - here.x) * right + (node.y - here.y) * down, distance: 0 }))
      .filter(({ node, along }) => node !== here && along > 0)
      .map(one => ({
        ...one,
        distance: one.along + 2 * Math.abs((one.node.x - here.x) * down + (one.node.y - here.y) * right),
      }))
      .sort((one, other) => one.distance - other.distance)
    if (reachable[0] !== undefined) this.#activate(reachable[0].node)
  }

  #activate(node: PipelineNode): void {
    this.#active = node.id
    this.#select(false, node.id)
    this.#live.textContent = describeNode(this.#model, node, true)
    this.#reveal(node)
  }

  #reveal(node: PipelineNode): void {
    const { clientWidth: width, clientHeight: height } = this.#element
    const left = node.x * this.#zoom + this.#x
    const top = node.y * this.#zoom + this.#y
    const right = left + nodeSize.width * this.#zoom
    const bottom = top + nodeSize.height * this.#zoom
    if (left >= 0 && top >= 0 && right <= width && bottom <= height) return
    this.#isFitted = false
    this.#x += (width - left - right) / 2
    this.#y += (height - top - bottom) / 2
    this.#schedule()
  }

  #askTarget(node: PipelineNode): void {
    if (!this.#options.editable) return
    const others = this.#model.getNodes().filter(other => other !== node)
    if (others.length === 0) return
    openMenu({
      label: `Connect ${node.label} to`,
      at: this.#surface.querySelector(`#${CSS.escape(this.#nodeId(node.id))}`) ?? this.#surface,
      items: others.map(other => ({ label: other.label, run: () => this.#connect(node, other) })),
    })
  }

  #connect(node: PipelineNode, target: PipelineNode, sourcePort?: string, targetPort?: string): void {
    if (!this.#options.editable) return
    if (this.#model.addEdge(node.id, target.id, sourcePort, targetPort) === null)
      toast({ kind: 'warning', title: `${node.label} and ${target.label} cannot be connected so.` })
    else this.#live.textContent = `${node.label} goes to ${target.label}.`
  }

  async #deleteSelected(): Promise<void> {
    const nodes = [...this.#selectedNodes].flatMap(id => this.#node(id) ?? [])
    const edges = this.#model.getEdges().filter(edge => this.#selectedEdges.has(edge.id))
    if (!this.#options.editable || nodes.length + edges.length === 0) return
    const what = nodes.length === 0 ? 'the connection' : nodes.map(node => `“${node.label}”`).join(', ')
    if (!(await confirm({ title: `Delete ${what}?`, confirmLabel: 'Delete', danger: true }))) return
    for (const node of nodes) this.#model.removeNode(node.id)
    for (const edge of edges) this.#model.removeEdge(edge.id)
    this.#active = undefined
    this.#select(false)
    this.#live.textContent = `${what} deleted.`
  }

  /** Nothing given: nothing is selected. With `add` what was selected stays so. */
  #select(add: boolean, node?: PipelineNode['id'], edge?: PipelineEdge['id']): void {
    this.#selectedNodes = new Set([...(add ? this.#selectedNodes : []), ...(node === undefined ? [] : [node])])
    this.#selectedEdges = new Set([...(add ? this.#selectedEdges : []), ...(edge === undefined ? [] : [edge])])
    this.#schedule()
  }

  #schedule(): void {
    if (this.#frame !== 0 || this.#abort.signal.aborted) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      this.#paint()
    })
  }

  #paint(): void {
    const nodes = this.#model.getNodes()
    const edges = this.#model.getEdges()
    this.#view.setAttribute('transform', `translate(${this.#x} ${this.#y}) scale(${this.#zoom})`)
    this.#edges.replaceChildren(
      ...edges.flatMap(edge => drawEdge(this.#model, edge, this.#selectedEdges.has(edge.id), this.#marker)),
    )
    this.#nodes.replaceChildren(
      ...nodes.map(node =>
        drawNode(this.#model, node, {
          id: this.#nodeId(node.id),
          selected: this.#selectedNodes.has(node.id),
          editable: this.#options.editable,
        }),
      ),
    )
    if (this.#node(this.#active) === undefined) this.#surface.removeAttribute('aria-activedescendant')
    else this.#surface.setAttribute('aria-activedescendant', this.#nodeId(this.#active ?? ''))
    this.#count.textContent = `${nodes.length} nodes · ${edges.length} edges`
    const nothing = this.#selectedNodes.size + this.#selectedEdges.size === 0
    for (const toolbar of this.#toolbars) {
      for (const zoom of toolbar.querySelectorAll('[data-pipeline-zoom]'))
        zoom.textContent = `${Math.round(this.#zoom * 100)}%`
      for (const button of toolbar.querySelectorAll<HTMLButtonElement>('[data-pipeline-action=delete]'))
        button.disabled = nothing || !this.#options.editable
    }
    for (const minimap of this.#minimaps) this.#paintMinimap(minimap)
  }

  #paintMinimap(minimap: HTMLElement): void {
    const { x, y, width, height } = this.#bounds()
    const picture = svg(
      'svg',
      { width: '100%', height: '100%', viewBox: `${x - 40} ${y - 40} ${width + 80} ${height + 80}` },
      ...this.#model.getNodes().map(node =>
        svg('rect', {
          class: `tint-${this.#model.colorOf(node).replace(/\W/g, '')}`,
          x: node.x,
          y: node.y,
          ...nodeSize,
          rx: 8,
        }),
      ),
      svg('rect', {
        class: 'pipeline-window',
        x: -this.#x / this.#zoom,
        y: -this.#y / this.#zoom,
        width: this.#element.clientWidth / this.#zoom,
        height: this.#element.clientHeight / this.#zoom,
      }),
    )
    minimap.replaceChildren(picture)
  }

  #goTo(event: MouseEvent, minimap: HTMLElement): void {
    const picture = minimap.querySelector('svg')
    const matrix = picture?.getScreenCTM()
    if (matrix === null || matrix === undefined) return
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse())
    this.#isFitted = false
    this.#x = this.#element.clientWidth / 2 - point.x * this.#zoom
    this.#y = this.#element.clientHeight / 2 - point.y * this.#zoom
    this.#schedule()
  }

  #bounds(): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } {
    const nodes = this.#model.getNodes()
    if (nodes.length === 0) return { x: 0, y: 0, width: 400, height: 200 }
    const x = Math.min(...nodes.map(node => node.x))
    const y = Math.min(...nodes.map(node => node.y))
    return {
      x,
      y,
      width: Math.max(...nodes.map(node => node.x)) + nodeSize.width - x,
      height: Math.max(...nodes.map(node => node.y)) + nodeSize.height - y,
    }
  }

  #inside({ x, y }: Point): Point {
    const box = this.#surface.getBoundingClientRect()
    return { x: (x - box.left - this.#x) / this.#zoom, y: (y - box.top - this.#y) / this.#zoom }
  }

  #node(id: string | undefined): PipelineNode | undefined {
    return id === undefined ? undefined : this.#model.getNodes().find(node => node.id === id)
  }

  #nodeId(id: string): string {
    return `${this.#element.id}-${id}`
  }
}
