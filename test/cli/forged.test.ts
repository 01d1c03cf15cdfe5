/** CARs with what nobody committed. */
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, test } from 'vitest'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import { hash } from '../../src/data/Hasher.js'
import { concat } from '../../src/store/internal/bytes.js'
import { frame, header } from '../../src/store/internal/carFrame.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as State from '../../src/trie/State.js'
import * as Checkpoint from '../../src/vst/Checkpoint.js'
import { places } from './shell.js'

const { planted, end } = places()
afterAll(end)

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

type Block = readonly [digest: Digest, bytes: Uint8Array]

const blockOf = (bytes: Uint8Array): Block => [hash(bytes), bytes]

const stateOf = (json: unknown): Block => {
  const store = MemoryStore.make()
  const reference = StateReference.root(ComponentStore.make(store))(right(State.fromJson(json)))()
  const { digest } = right(StateReference.commit()(reference)())
  return blockOf(right(store.read([digest])())[0]!)
}

let made = 0

/** Each is another one. */
const checkpointOf = (
  [state]: Block,
  parents: ReadonlyArray<Block> = [],
  generation = parents.length,
): Block =>
  blockOf(
    right(
      Checkpoint.encode({
        state,
        parents: parents.map(([digest]) => digest),
        generation,
        message: '',
        author: '',
        time: made++,
        metadata: {},
      }),
    ),
  )

/** The first is the root. */
const carOf = (...blocks: ReadonlyArray<Block>): Uint8Array =>
  concat([header([blocks[0]![0]]), ...blocks.toReversed().map((block) => frame(...block))])

const damaged = ([digest, bytes]: Block): Block => [
  digest,
  bytes.map((byte, i) => (i === 5 ? byte ^ 1 : byte)),
]

const [state, other] = [stateOf({ plan: 'look' }), stateOf({ plan: 'leap' })]
const unrelated = checkpointOf(state)
const child = checkpointOf(state, [unrelated])
const stateless = checkpointOf(unrelated)

const forged: ReadonlyArray<readonly [name: string, said: string, blocks: ReadonlyArray<Block>]> = [
  ['that is none', 'no checkpoint', [state]],
  ['whose state is missing', 'lacks', [checkpointOf(other)]],
  ['whose parent is missing', 'lacks', [checkpointOf(state, [checkpointOf(state)]), state]],
  ['whose parent is none', 'no checkpoint', [checkpointOf(state, [other]), state, other]],
  ['whose state is none', 'kind', [stateless, unrelated, state]],
  ['whose parent has no state', 'kind', [checkpointOf(state, [stateless]), stateless, unrelated, state]],
  ['as old as its parent', 'generation', [checkpointOf(state, [child], 1), child, unrelated, state]],
  ['that was changed', 'do not have its hash', [damaged(checkpointOf(state)), state]],
  ['with a state that was changed', 'do not have its hash', [checkpointOf(state), damaged(state)]],
]

describe('a checkpoint that comes in is refused', () => {
  const at = planted()

  test.each(forged)('%s', (_, said, blocks) => {
    const before = [at.ok('head'), at.ok('operations')]
    at.write('forged.car', carOf(...blocks))
    expect(at.refused(1, 'import', 'forged.car')).toContain(said)
    expect(at.refused(1, 'import', 'forged.car', '--head', 'idea', '--json')).toContain(said)
    expect([at.ok('head'), at.ok('operations')]).toEqual(before)
    expect(at.json('fsck').clean).toBe(true)
  })

  test('and a sound one is not', () => {
    at.write('sound.car', carOf(child, unrelated, state))
    at.ok('import', 'sound.car', '--head', 'sound')
    expect(at.json('log', 'sound')).toHaveLength(2)
  })
})
