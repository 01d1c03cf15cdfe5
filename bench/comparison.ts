/** The rows of one bench as a table: a line for each metric and size, the subjects beside each other. */
import Table from 'cli-table3'
import { type Bench, higherIsBetter, OURS, type Row } from './Bench.js'

const MILLION = 1e6

const figure = (value: number): string => {
  // What costs a peer nothing, since it puts all work off, has no ratio.
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= MILLION) return `${figure(value / MILLION)}M`
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

// Columns apart by space alone: a dozen subjects would not fit a terminal with lines between them.
const PLAIN = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((part) => [part, '']),
)

const distinct = <A>(items: readonly A[]): readonly A[] => [...new Set(items)]

const best = (rows: readonly Row[]): Row | undefined =>
  rows.reduce<Row | undefined>((found, row) => {
    if (found === undefined) return row
    return (higherIsBetter(row.unit) ? row.value > found.value : row.value < found.value) ? row : found
  }, undefined)

export const comparison = ({ yardsticks = [] }: Pick<Bench, 'yardsticks'>, rows: readonly Row[]): string => {
  const present = distinct(rows.map(({ subject }) => subject))
  const subjects = [
    ...present.filter((subject) => subject === OURS),
    ...present.filter((subject) => subject !== OURS && !yardsticks.includes(subject)),
    ...present.filter((subject) => yardsticks.includes(subject)),
  ]
  const right = 'right' as const
  const table = new Table({
    head: ['metric', 'n', 'unit', ...subjects, 'ours/peer'],
    colAligns: ['left', right, 'left', ...subjects.map(() => right), right],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: PLAIN,
  })
  for (const metric of distinct(rows.map((row) => row.metric))) {
    const ofMetric = rows.filter((row) => row.metric === metric)
    for (const n of distinct(ofMetric.map((row) => row.n))) {
      const line = ofMetric.filter((row) => row.n === n)
      const ours = line.find(({ subject }) => subject === OURS)
      const peer = best(line.filter(({ subject }) => subject !== OURS && !yardsticks.includes(subject)))
      table.push([
        metric,
        n.toLocaleString('en'),
        line[0]?.unit ?? '',
        ...subjects.map((subject) => {
          const row = line.find((candidate) => candidate.subject === subject)
          return row === undefined ? '' : `${row === peer ? '*' : ''}${figure(row.value)}`
        }),
        ours === undefined || peer === undefined ? '' : figure(ours.value / peer.value),
      ])
    }
  }
  return table.toString().replace(/ +$/gm, '')
}
