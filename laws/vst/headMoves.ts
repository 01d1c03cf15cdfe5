/** Reads and moves of one head by several at once, and whether they are as if one came after another. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Digest } from '../../src/data/Digest.js'
import { type Event, isLinearisable } from './linearisable.js'

export type Op = readonly ['get'] | readonly ['move', expect: number, next: number]

/** Where a head is: a place among three checkpoints, −1 for nowhere. */
export const places: fc.Arbitrary<number> = fc.integer({ min: -1, max: 2 })

const op: fc.Arbitrary<Op> = fc.oneof(
  fc.tuple(fc.constant('move' as const), places, places),
  fc.constant(['get'] as const),
)

/** What one of them does, one after another. */
export const scripts: fc.Arbitrary<ReadonlyArray<Op>> = fc.array(op, { maxLength: 4 })

const step = (at: number, op: Op, result: unknown): { readonly next: number } | null => {
  if (op[0] === 'get') return result === at ? { next: at } : null
  const [, expect, next] = op
  if (expect === at) return result === true ? { next } : null
  return result === false ? { next: at } : null
}

/** One head, as one of them has it. */
export interface Access {
  readonly get: TaskEither<unknown, O.Option<Digest>>
  readonly move: (expect: Digest | null, next: Digest | null) => TaskEither<unknown, unknown>
}

/** What each did and was answered, on one clock. */
export const seen = async (
  s: fc.Scheduler,
  digests: ReadonlyArray<Digest>,
  all: ReadonlyArray<readonly [Access, ReadonlyArray<Op>]>,
): Promise<ReadonlyArray<Event<Op, unknown>>> => {
  const events: Array<Event<Op, unknown>> = []
  let clock = 0
  const named = (place: number): Digest | null => digests[place] ?? null
  const answer = async ({ get, move }: Access, [kind, expect, next]: Op): Promise<unknown> => {
    if (kind === 'move') return E.isRight(await move(named(expect!), named(next!))())
    const found = await get()
    return E.isLeft(found) ? found : digests.indexOf(O.toUndefined(found.right) as Digest)
  }
  const run = async (access: Access, script: ReadonlyArray<Op>): Promise<void> => {
    for (const op of script) {
      const called = ++clock
      const result = await answer(access, op)
      events.push({ op, result, called, answered: ++clock })
    }
  }
  await s.waitFor(Promise.all(all.map(([access, script]) => run(access, script))))
  return events
}

/** Whether some order of all that was done, from no head on, explains what was answered. */
export const isOrdered = (events: ReadonlyArray<Event<Op, unknown>>): boolean =>
  isLinearisable(events, -1, step)
