/** What can be seen of a store, and what the model says should be: plain data, compared by structure. */
import { isRight } from 'fp-ts/lib/Either.js'
import type { Digest } from '../../src/data/Digest.js'
import type { Receipt } from '../../src/store/Store.js'
import { type Refs, stranger, type World } from './dag.js'
import * as Model from './Model.js'
import { type Step, transaction } from './Step.js'
import { type Collecting, type Subject, value } from './Subject.js'

/** Names that the laws use, and one that they never set. */
const names = ['main', 'main/a', 'other', 'nowhere']

const digests = (world: World): ReadonlyArray<Digest> => [...world, stranger].map(({ digest }) => digest)

const byName = (heads: Iterable<readonly [string, Digest]>): ReadonlyArray<readonly [string, Digest]> =>
  [...heads].sort(([a], [b]) => (a < b ? -1 : 1))

/** The bytes as a plain array, so that a store may answer with any view of them. */
const plain = (bytes: Uint8Array | undefined) => (bytes === undefined ? null : [...bytes])

/** The value of a `Right`; a store that fails here breaks the law. */
export const right = <A>(
  either: { readonly _tag: 'Right'; readonly right: A } | { readonly _tag: 'Left'; readonly left: unknown },
): A => {
  if (either._tag === 'Right') return either.right
  throw new Error(`failed: ${JSON.stringify(either.left)}`)
}

/** Through the port alone. */
export const seen = async (store: Subject, world: World) => ({
  blocks: right(await store.read(digests(world))()).map(plain),
  heads: byName(right(await store.heads('')())),
  named: await Promise.all(names.map(async (name) => right(await store.head(name)()))),
})

export const seenIn = (model: Model.Model, world: World): Awaited<ReturnType<typeof seen>> => ({
  blocks: digests(world).map((digest) => plain(model.blocks.get(digest)?.bytes)),
  heads: byName(model.heads),
  named: names.map((name) => model.heads.get(name) ?? null),
})

/** With the counts. */
export const counted = async (store: Collecting, world: World) => {
  const { blocks, bytes } = await value(store.stats)
  const counts: Array<number> = []
  for (const digest of digests(world)) counts.push(await value(store.count(digest)))
  return { ...(await seen(store, world)), counts, stored: { blocks, bytes } }
}

export const countedIn = (model: Model.Model, world: World): Awaited<ReturnType<typeof counted>> => ({
  ...seenIn(model, world),
  counts: digests(world).map((digest) => (model.blocks.has(digest) ? Model.count(model, digest) : 0)),
  stored: { blocks: model.blocks.size, bytes: Model.byteLength(model) },
})

/** An answer, or only that there was a failure: which of several faults is named is the store's to choose. */
export type Answer = Receipt | 'refused'

/** Does a step to store and model alike; answers both answers and the model after it. */
export const take = async (
  store: Subject,
  model: Model.Model,
  world: World,
  refs: Refs,
  step: Step,
): Promise<{ readonly answer: Answer; readonly expected: Answer; readonly model: Model.Model }> => {
  switch (step._tag) {
    case 'Collect': {
      const nothing = { added: [], known: [] }
      if ('collect' in store) await value((store as Collecting).collect)
      return { answer: nothing, expected: nothing, model: 'collect' in store ? Model.collect(model) : model }
    }
    case 'Transact': {
      const wanted = transaction(world, refs, model, step)
      const expected = Model.transact(model, wanted)
      const answer = await store.transact(wanted)()
      return {
        answer: isRight(answer) ? answer.right : 'refused',
        expected: isRight(expected) ? expected.right[0] : 'refused',
        model: isRight(expected) ? expected.right[1] : model,
      }
    }
  }
}

/** Does all steps; answers the model after them. */
export const play = async (
  store: Subject,
  world: World,
  refs: Refs,
  steps: ReadonlyArray<Step>,
  after: (model: Model.Model) => Promise<void> = async () => {},
): Promise<Model.Model> => {
  let model = Model.empty
  for (const step of steps) {
    model = (await take(store, model, world, refs, step)).model
    await after(model)
  }
  return model
}
