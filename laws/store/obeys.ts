/** Steps as commands of fast-check: done to store and model, they must answer alike and leave alike what can be seen. */
import type fc from 'fast-check'
import { isEq } from '../Law.js'
import type { Refs, World } from './dag.js'
import type { Model } from './Model.js'
import { take } from './observe.js'
import type { Step } from './Step.js'
import type { Subject } from './Subject.js'

/** The model changes from command to command. */
export interface Now {
  now: Model
}

export interface Real<S extends Subject> {
  readonly store: S
  readonly world: World
  readonly refs: Refs
}

const same = (left: unknown, right: unknown): void => {
  if (!isEq(left, right).equal)
    throw new Error(`not equal:\n  store: ${JSON.stringify(left)}\n  model: ${JSON.stringify(right)}`)
}

/** `observe` and `expect` say what can be seen of the store, and of the model. */
export const obeys =
  <S extends Subject, A>(
    observe: (store: S, world: World) => Promise<A>,
    expect: (model: Model, world: World) => A,
  ) =>
  (step: Step): fc.AsyncCommand<Now, Real<S>> => ({
    check: () => true,
    run: async (model, { store, world, refs }) => {
      const { answer, expected, model: next } = await take(store, model.now, world, refs, step)
      model.now = next
      same(answer, expected)
      same(await observe(store, world), expect(next, world))
    },
    toString: () => JSON.stringify(step),
  })
