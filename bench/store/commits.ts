/** What a durable commit of new blocks costs. */
import { median } from '../measure.js'
import { blocks } from './blocks.js'
import { inDirectory, under } from './directory.js'
import type { Figure } from './Figure.js'
import type { Opened, Peer } from './Peer.js'
import { peers } from './peers.js'

/** Blocks of a commit, and how many commits each subject does. */
const SIZES: ReadonlyArray<{ readonly size: number; readonly commits: number }> = [
  { size: 1, commits: 60 },
  { size: 10, commits: 40 },
  { size: 100, commits: 20 },
  { size: 1000, commits: 6 },
]

/** After this many milliseconds at one size a subject is not asked again. */
const BUDGET = 1500

/** Blocks that are there before: pages are full and trees are deep. */
const FILLED = 10_000

interface Entrant {
  readonly peer: Peer
  readonly opened: Opened
  next: number
  wall: number[]
  cpu: number
  spent: number
}

const cpuNow = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until the other threads of the process have nothing to do. */
const rest = async (): Promise<void> => {
  for (;;) {
    const before = cpuNow()
    await sleep(10)
    if (cpuNow() - before < 1) return
  }
}

const commit = async (entrant: Entrant, size: number): Promise<void> => {
  const wanted = blocks(entrant.next, size)
  entrant.next += size
  globalThis.gc!({ type: 'minor' })
  const cpu = cpuNow()
  const start = performance.now()
  const done = entrant.opened.commit(wanted)
  if (done !== undefined) await done
  const wall = performance.now() - start
  if (entrant.peer.lingers === true) await rest()
  entrant.wall.push(wall)
  entrant.cpu += cpuNow() - cpu
  entrant.spent += wall
}

const entrantsIn = async (directory: string): Promise<ReadonlyArray<Entrant>> => {
  const entrants: Entrant[] = []
  for (const peer of peers) {
    const at = under(directory, peer.name)
    const filling = await peer.open(at, true)
    if (filling === undefined) continue
    entrants.push({ peer, opened: filling, next: 0, wall: [], cpu: 0, spent: 0 })
  }
  return entrants
}

/** `scale` tells how many commits are done of those above. */
export const commits = (scale: number): Promise<ReadonlyArray<Figure>> =>
  inDirectory(async (directory) => {
    const figures: Figure[] = []
    const entrants = await entrantsIn(directory)
    for (const entrant of entrants) {
      // Files would be flushed one by one, and do not grow slower with what is there.
      if (entrant.peer.name === 'files') continue
      while (entrant.next < FILLED) await commit(entrant, 1000)
    }
    for (const { size, commits } of SIZES) {
      for (const entrant of entrants) {
        entrant.wall = []
        entrant.cpu = 0
        entrant.spent = 0
      }
      // One commit each in turn: the disk is as quick for one as for the other.
      for (let round = 0; round < commits * scale; round++) {
        for (let i = 0; i < entrants.length; i++) {
          const entrant = entrants[(i + round) % entrants.length]!
          if (round > 0 && entrant.spent > BUDGET * scale) continue
          await commit(entrant, size)
        }
      }
      for (const { peer, wall, cpu } of entrants) {
        const figure = (metric: string, unit: string, value: number): number =>
          figures.push({ subject: peer.name, n: size, metric, unit, value })
        figure('commit', 'ms', median(wall))
        figure('commit, CPU a block', 'µs', (1000 * cpu) / (wall.length * size))
      }
    }
    for (const { opened } of entrants) await opened.close()
    return figures
  })
