/** The figures beside what is aimed at, for people and for programs. */
import { relative } from 'node:path'
import Table from 'cli-table3'
import { dedup, type Figures, type Settings, saved } from './Figures.js'
import type { Objects } from './objects.js'

/** A bound on a figure: the first aim, which every run has to reach, or the one to reach beyond it. */
interface Aim {
  readonly is: '<' | '<=' | '>'
  readonly bound: number
}

export interface Line {
  readonly figure: string
  readonly unit: 'ns' | 'µs' | 'B' | 'share' | 'ratio'
  readonly p50?: number
  /** The p95, or the figure itself where there is but one. */
  readonly value: number
  readonly target?: Aim
  readonly goal?: Aim
}

const less = (bound: number): Aim => ({ is: '<', bound })
const atMost = (bound: number): Aim => ({ is: '<=', bound })
const more = (bound: number): Aim => ({ is: '>', bound })

/** The goal for memory depends on the share of files that changed, and is stated for these two. */
const MEMORY_GOALS: { readonly [edits: number]: Aim } = { 0.1: atMost(1.3), 0.01: atMost(1.45) }

const micro = (nanoseconds: number): number => nanoseconds / 1000

const linesOfIndex = ({ index }: Objects): readonly Line[] =>
  index === null
    ? []
    : [
        {
          figure: "index of an agent's files, built anew",
          unit: 'µs',
          p50: micro(index.anew.p50),
          value: micro(index.anew.p95),
        },
        {
          figure: 'the same, brought forward by the patch',
          unit: 'µs',
          p50: micro(index.forward.p50),
          value: micro(index.forward.p95),
        },
        { figure: 'built anew / brought forward', unit: 'ratio', value: index.anew.p50 / index.forward.p50 },
      ]

export const linesOf = (figures: Figures, { edits }: Settings): readonly Line[] => {
  const { branch, collector, commit, component, agent, memory, stored, unique, whole } = figures
  const goal = MEMORY_GOALS[edits]
  return [
    {
      figure: 'branch',
      unit: 'ns',
      p50: branch.p50,
      value: branch.p95,
      target: less(1000),
      goal: less(100),
    },
    { figure: 'memory of plain copies', unit: 'B', value: memory.copies },
    { figure: 'memory of the branches', unit: 'B', value: memory.edited },
    { figure: 'memory saved', unit: 'share', value: saved(figures), target: more(0.8) },
    {
      figure: 'memory / unique bytes',
      unit: 'ratio',
      value: memory.edited / unique,
      ...(goal === undefined ? {} : { goal }),
    },
    { figure: 'memory with the store in it', unit: 'B', value: memory.committed },
    { figure: 'content of all agents', unit: 'B', value: whole },
    { figure: 'unique content', unit: 'B', value: unique },
    { figure: 'stored', unit: 'B', value: stored.bytes },
    { figure: 'stored / unique bytes', unit: 'ratio', value: stored.bytes / unique, goal: atMost(1.15) },
    { figure: 'bytes on disk', unit: 'B', value: stored.disk },
    { figure: 'bytes on disk / stored', unit: 'ratio', value: stored.disk / stored.bytes, goal: atMost(1.5) },
    { figure: 'dedup', unit: 'share', value: dedup(figures), target: more(0.9) },
    { figure: 'commit an agent', unit: 'µs', p50: micro(commit.p50), value: micro(commit.p95) },
    {
      figure: `materialise ${Math.round(component.bytes)} B`,
      unit: 'µs',
      p50: micro(component.p50),
      value: micro(component.p95),
      target: less(50),
      goal: less(10),
    },
    {
      figure: 'the same from disk, verified',
      unit: 'µs',
      p50: micro(figures.componentOnDisk.p50),
      value: micro(figures.componentOnDisk.p95),
      goal: less(25),
    },
    {
      figure: 'pause by the collector, p50 and p99',
      unit: 'µs',
      p50: 1000 * collector.pause.p50,
      value: 1000 * collector.pause.p99,
      goal: less(1000),
    },
    { figure: 'time in the collector', unit: 'share', value: collector.overhead, target: less(0.1) },
    { figure: 'materialise an agent', unit: 'µs', p50: micro(agent.p50), value: micro(agent.p95) },
    ...linesOfIndex(figures.objects),
  ]
}

const reached = (value: number, { is, bound }: Aim): boolean => {
  switch (is) {
    case '<':
      return value < bound
    case '<=':
      return value <= bound
    case '>':
      return value > bound
  }
}

const number = (value: number, digits: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

const shown = (value: number, unit: Line['unit']): string => {
  switch (unit) {
    case 'ns':
      return `${number(value, value < 100 ? 1 : 0)} ns`
    case 'µs':
      return `${number(value, value < 100 ? 1 : 0)} µs`
    case 'B':
      // A few small copies take less than what a process takes and gives back meanwhile.
      if (value <= 0) return '–'
      return value < 1e6 ? `${number(value, 0)} B` : `${number(value / 1e6, 1)} MB`
    case 'share':
      return `${number(100 * value, 1)} %`
    case 'ratio':
      return `${number(value, 2)} ×`
  }
}

const SIGNS = { '<': '<', '<=': '≤', '>': '>' } as const

const aim = ({ value, unit }: Line, bound: Aim | undefined): string => {
  if (bound === undefined) return ''
  const exact = `${bound.bound.toLocaleString('en')}`
  const text =
    unit === 'share'
      ? `${100 * bound.bound} %`
      : unit === 'ratio'
        ? `${exact} ×`
        : unit === 'ns' && bound.bound >= 1000
          ? `${bound.bound / 1000} µs`
          : `${exact} ${unit}`
  return `${SIGNS[bound.is]} ${text} ${reached(value, bound) ? 'yes' : 'no'}`
}

export const table = (lines: readonly Line[]): string => {
  const right = 'right' as const
  const made = new Table({
    head: ['', 'p50', 'value or p95', 'target', 'to reach'],
    colAligns: ['left', right, right, right, right],
    style: { head: [], border: [], compact: true },
  })
  for (const line of lines) {
    made.push([
      line.figure,
      line.p50 === undefined ? '' : shown(line.p50, line.unit),
      shown(line.value, line.unit),
      aim(line, line.target),
      aim(line, line.goal),
    ])
  }
  return made.toString()
}

/** The whole report. Memory where fewer copies were made than there are agents is said to be scaled. */
export const report = (settings: Settings, figures: Figures): string => {
  const { workspace, verified, memory } = figures
  const lines = [
    `${number(settings.agents, 0)} agents on ${relative('', settings.workspace) || '.'}: ${number(workspace.files, 0)} files, ${shown(workspace.bytes, 'B')};` +
      ` each edits ${number(100 * settings.edits, 1)} % of them; seed ${settings.seed}`,
    table(linesOf(figures, settings)),
  ]
  if (memory.copied < settings.agents)
    lines.push(`plain copies: ${memory.copied} measured, scaled to ${settings.agents}; more did not fit`)
  if (figures.alike > 0)
    lines.push(
      `memory is taken before anything is stored: ${shown(figures.alike, 'B')} of edits made alike are there once an agent`,
    )
  lines.push(
    `verified: ${number(verified.agents, 0)} agents, opened again by another process, compared with plain copies, ${number(verified.mismatches, 0)} mismatches`,
  )
  const { builds, deltas, hits } = figures.objects
  lines.push(
    `materialised: text files and indices of some agents, compared with what is built anew: ${number(builds, 0)} built,` +
      ` ${number(deltas, 0)} brought forward by patches, ${number(hits, 0)} found again`,
  )
  lines.push(
    `collected: ${number(figures.collector.freed, 0)} blocks of what the agents tried and dropped, while others were stored`,
  )
  return lines.join('\n')
}

/** What the JSON file holds. */
export const record = (settings: Settings, figures: Figures): unknown => ({
  options: settings,
  figures: { ...figures, saved: saved(figures), dedup: dedup(figures) },
  targets: linesOf(figures, settings).flatMap(({ figure, unit, value, target, goal }) =>
    [target, goal].flatMap((bound, i) =>
      bound === undefined
        ? []
        : [
            {
              figure,
              unit,
              kind: i === 0 ? 'target' : 'goal',
              ...bound,
              value,
              reached: reached(value, bound),
            },
          ],
    ),
  ),
})
