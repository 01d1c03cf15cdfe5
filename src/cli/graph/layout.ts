/** Where the boxes and arrows of a drawing stand: layers from children down to parents, by dagre. */
import { Graph, layout } from '@dagrejs/dagre'
import type { Arrow, Box, Drawing } from './Drawing.js'

/** In pixels: of a character of the font that `svg.ts` names, of a line, and around the text. */
export const CHARACTER = 7.3
export const LINE = 16
export const PADDING = 8

interface Point {
  readonly x: number
  readonly y: number
}

/** `x` and `y` are the middle. */
export interface Placed extends Point {
  readonly box: Box
  readonly width: number
  readonly height: number
}

export interface Led {
  readonly arrow: Arrow
  readonly points: ReadonlyArray<Point>
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly placed: ReadonlyArray<Placed>
  readonly led: ReadonlyArray<Led>
}

const MARGIN = 16

const extent = ({ lines }: Box): { readonly width: number; readonly height: number } => ({
  width: Math.max(...lines.map((line) => line.length), 1) * CHARACTER + 2 * PADDING,
  height: lines.length * LINE + 2 * PADDING,
})

export const laidOut = ({ boxes, arrows }: Drawing): Layout => {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 32, marginx: MARGIN, marginy: MARGIN })
  graph.setDefaultEdgeLabel(() => ({}))
  // Dagre keeps names in plain objects, where some names (`__proto__`) do harm.
  const names = new Map(boxes.map(({ id }, i) => [id, `box ${i}`]))
  const nameOf = (id: string): string => names.get(id)!
  for (const box of boxes) graph.setNode(nameOf(box.id), extent(box))
  for (const { from, to } of arrows) graph.setEdge(nameOf(from), nameOf(to))
  if (boxes.length > 0) layout(graph)
  const placed = boxes.map((box): Placed => ({ box, ...(graph.node(nameOf(box.id)) as Omit<Placed, 'box'>) }))
  const led = arrows.map(
    (arrow): Led => ({
      arrow,
      points: (graph.edge(nameOf(arrow.from), nameOf(arrow.to)) as { points: ReadonlyArray<Point> }).points,
    }),
  )
  const { width = 0, height = 0 } = graph.graph() as { readonly width?: number; readonly height?: number }
  return { width: Math.max(width, 2 * MARGIN), height: Math.max(height, 2 * MARGIN), placed, led }
}
