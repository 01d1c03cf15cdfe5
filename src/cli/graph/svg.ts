/** A drawing as SVG that stands alone. */
import type { Kind } from './Drawing.js'
import { type Layout, type Led, LINE, PADDING, type Placed } from './layout.js'

// Characters that no XML 1.0 can hold.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it may stand in XML, also between quotes. */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(FORBIDDEN, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)

const STYLE = `
  text { font: 12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328; white-space: pre }
  rect { stroke-width: 1 }
  .checkpoint rect { fill: #ffffff; stroke: #8c959f }
  .head rect { fill: #ddf4ff; stroke: #0969da }
  .superposition rect { fill: #fbefff; stroke: #8250df }
  path { fill: none; stroke: #8c959f; stroke-width: 1.2 }
  path.head { stroke: #0969da }
  path.superposition { stroke: #8250df; stroke-dasharray: 4 3 }
`

const ROUND: Readonly<Record<Kind, number>> = { checkpoint: 4, head: 12, superposition: 4 }

const number = (n: number): string => String(Math.round(10 * n) / 10)

const group = ({ box, x, y, width, height }: Placed): string => {
  const [left, top] = [x - width / 2, y - height / 2]
  const texts = box.lines.map(
    (line, i) =>
      `    <text x="${number(left + PADDING)}" y="${number(top + PADDING + LINE * i + 12)}">${escaped(line)}</text>`,
  )
  return [
    `  <g class="${box.kind}">`,
    `    <title>${escaped(box.title)}</title>`,
    `    <rect x="${number(left)}" y="${number(top)}" width="${number(width)}" height="${number(height)}" rx="${ROUND[box.kind]}"/>`,
    ...texts,
    '  </g>',
  ].join('\n')
}

const line = ({ arrow, points }: Led): string => {
  const way = points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${number(x)} ${number(y)}`).join('')
  return `  <path class="${arrow.kind}" d="${way}" marker-end="url(#tip)"/>`
}

const MARKER =
  '  <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8" /></marker></defs>'

export const svg = ({ width, height, placed, led }: Layout): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${number(width)}" height="${number(height)}" viewBox="0 0 ${number(width)} ${number(height)}">`,
    '  <title>Heads and checkpoints</title>',
    `  <style>${STYLE}</style>`,
    MARKER,
    '  <rect width="100%" height="100%" fill="#f6f8fa"/>',
    ...led.map(line),
    ...placed.map(group),
    '</svg>',
    '',
  ].join('\n')
