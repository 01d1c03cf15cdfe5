/** The process that edits hard content and answers what that takes. */
import type * as E from 'fp-ts/lib/Either.js'
import { must } from '../../src/cli/job/agents.js'
import { chance } from '../../src/cli/job/chance.js'
import { serve } from '../../src/cli/job/child.js'
import { ComponentStore, Hasher, MemoryStore, Sequence, State, StateReference } from '../../src/index.js'
import { median } from '../measure.js'
import { middle } from './Fixture.js'
import { hard } from './hard.js'

export interface Question {
  readonly name: string
  readonly length: number
  /** Edits that are made one on the other, if they do not take longer than `ms`. */
  readonly edits: number
  readonly ms: number
}

export interface Cost {
  /** Microseconds of the last tenth of the edits: the median, and the longest. */
  readonly median: number
  readonly worst: number
  /** How many edits there were. */
  readonly edits: number
  /** Of blocks that a commit after one edit adds: the mean and the most. */
  readonly bytes: number
  readonly most: number
}

const COMMITS = 16

const right = <A>(result: E.Either<unknown, A>): A => {
  if (result._tag === 'Left') throw new Error('an edit was refused')
  return result.right
}

type Run = Sequence.Content

const built = (content: string | ReadonlyArray<number>): Sequence.Sequence<Run> =>
  (typeof content === 'string'
    ? right(Sequence.fromText(content))
    : right(Sequence.fromItems(content))) as never

const PATH = 'content'

const blocks = (content: string | ReadonlyArray<number>, run: (k: number) => Run): readonly number[] => {
  const components = ComponentStore.make(MemoryStore.make())
  const root = StateReference.root(components)(right(State.fromJson({ [PATH]: content })))()
  must(StateReference.commit()(root))
  const dice = chance('commits')
  return Array.from({ length: COMMITS }, (_, k) => {
    const branch = must(StateReference.branch(root))
    const at = middle(dice, content.length)
    const added = run(k)
    const edited =
      typeof content === 'string'
        ? content.slice(0, at) + (added as string) + content.slice(at)
        : content.toSpliced(at, 0, ...(added as ReadonlyArray<number>))
    must(StateReference.update(State.set([PATH], edited))(branch))
    return must(StateReference.commit()(branch)).bytes
  })
}

serve(async ({ name, length, edits, ms }: Question): Promise<Cost> => {
  await Hasher.ready()
  const { content: make, run } = hard.find((one) => one.name === name)!
  const content = make(length)
  let sequence = built(content)
  const dice = chance('edits')
  const times: number[] = []
  const end = performance.now() + ms
  // Insertions and deletions in turn keep it as long as it was.
  let inserted: { readonly at: number; readonly size: number } | null = null
  while (times.length < edits && performance.now() < end) {
    const added = run(times.length)
    const at: number = inserted?.at ?? middle(dice, sequence.size)
    const before = performance.now()
    sequence =
      inserted === null
        ? right(Sequence.insert(at, added as Run)(sequence))
        : right(Sequence.remove(at, inserted.size)(sequence))
    times.push((performance.now() - before) * 1000)
    inserted = inserted === null ? { at, size: added.length } : null
  }
  const last = times.slice(-Math.max(10, Math.ceil(times.length / 10)))
  const bytes = blocks(content, run as never)
  return {
    median: median(last),
    worst: Math.max(...last),
    edits: times.length,
    bytes: bytes.reduce((a, b) => a + b, 0) / bytes.length,
    most: Math.max(...bytes),
  }
})
