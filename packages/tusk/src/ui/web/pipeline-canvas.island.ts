import type { Island } from './island.ts'
import { PipelineCanvas } from './pipeline/pipeline-canvas.ts'
import { forgetPipeline, type NewPipelineEdge, type NewPipelineNode, pipelineOf } from './pipeline/pipeline-model.ts'

export interface PipelineCanvasProps {
  readonly nodes: readonly NewPipelineNode[]
  readonly edges: readonly NewPipelineEdge[]
  readonly direction: 'LR' | 'TB'
  readonly editable: boolean
  readonly label: string
}

/** The macro `pipeline_canvas`. What a script put into the model before stays; the template's nodes fill an empty one. */
export const mount: Island<PipelineCanvasProps> = (element, { nodes, edges, direction, editable, label }) => {
  const model = pipelineOf(element.id, { direction })
  if (model.isEmpty) model.setState({ nodes, edges })
  const canvas = new PipelineCanvas(element, model, { editable, label })
  return {
    destroy() {
      canvas.destroy()
      forgetPipeline(element.id)
    },
  }
}
