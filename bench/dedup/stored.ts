/** A corpus in a memory store, commit by commit, and what one edit more would add. */
import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { must } from '../../src/cli/job/agents.js'
import { ComponentStore, Hasher, MemoryStore, State, StateReference, type Store } from '../../src/index.js'
import { type Anatomy, anatomy } from './anatomy.js'
import { type Corpus, replay } from './Corpus.js'
import type { CorpusName } from './corpora.js'
import type { WholeFiles } from './wholeFiles.js'

export interface Question {
  readonly corpus: CorpusName
  readonly quick: boolean
  /** Average bytes of a chunk, if not ours. */
  readonly chunk?: number
  /** Average links of a knot, if not ours. */
  readonly fanout?: number
}

export interface Stored {
  readonly states: number
  readonly all: Anatomy
  /** The last state alone. */
  readonly last: Anatomy
  /** Blocks that an edit adds, on average over `EDITS` of them, and their bytes. */
  readonly added: { readonly blocks: number; readonly bytes: number }
  readonly git?: number | null
  readonly whole?: WholeFiles
}

/** Edits of the last state. */
const EDITS = 100

type Reference = StateReference.StateReference<Store.Store>

const opened = (): {
  readonly blocks: Map<string, Uint8Array>
  readonly root: (state: State.State) => Reference
} => {
  const store = MemoryStore.make()
  const blocks = new Map<string, Uint8Array>()
  const recording: Store.Store = {
    ...store,
    transact: (transaction) => {
      for (const { ref, bytes } of transaction.puts ?? []) blocks.set(ref.digest, bytes)
      return store.transact(transaction)
    },
  }
  const components = ComponentStore.make(recording)
  return { blocks, root: (state) => StateReference.root(components)(state)() }
}

const plainState = (json: unknown): State.State => {
  const state = State.fromJson(json)
  if (E.isLeft(state)) throw new Error(`no state: ${state.left.reason}`)
  return state.right
}

export const stored = async (corpus: Corpus): Promise<Stored> => {
  await Hasher.ready()
  const { blocks, root } = opened()
  const reference = root(plainState(corpus.start))
  const commit = StateReference.commit({ head: 'main' })
  replay(corpus, reference, () => must(commit(reference)))
  const state = must(StateReference.read(reference))
  const json = must(StateReference.ask(State.toJson)(reference))
  if (!isDeepStrictEqual(json, corpus.end)) throw new Error('the last state is not what the edits make')
  if (!State.equals(state, plainState(corpus.end))) throw new Error('equal states have two digests')
  const all = anatomy(blocks.values())

  const alone = opened()
  must(commit(alone.root(plainState(corpus.end))))
  const last = anatomy(alone.blocks.values())
  let [addedBlocks, addedBytes] = [0, 0]
  for (let k = 0; k < EDITS; k++) {
    const branch = must(StateReference.branch(reference))
    must(StateReference.update(corpus.another(k))(branch))
    const { added, bytes } = must(StateReference.commit()(branch))
    addedBlocks += added
    addedBytes += bytes
    StateReference.release(branch)()
  }
  return {
    states: corpus.steps.length + 1,
    all,
    last,
    added: { blocks: addedBlocks / EDITS, bytes: addedBytes / EDITS },
  }
}
