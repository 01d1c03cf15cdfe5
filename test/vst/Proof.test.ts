import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, test } from 'vitest'
import { get } from '../../laws/branch/Subject.js'
import { checkAll, rejected } from '../../laws/Law.js'
import { faulty } from '../../laws/store/index.js'
import { brokenProofs, proofLaws, proofOperations } from '../../laws/vst/index.js'
import {
  AsyncStore,
  ComponentStore,
  Digest,
  MemoryStore,
  Proof,
  State,
  StateReference,
} from '../../src/index.js'

const suite = proofLaws('Proof', proofOperations)
checkAll(suite, test)

describe('broken proofs', () => {
  const found = new Set<string>()

  test.each(Object.entries(brokenProofs))('one that %s is rejected', async (_, op) => {
    const names = await rejected(proofLaws('broken', op), 100)
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })

  test('each law rejects one', () => {
    expect(suite.laws.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([])
  })
})

const stored = (json: unknown) => {
  const store = MemoryStore.make()
  const state = E.getOrElseW(() => State.empty)(State.fromJson(json))
  const reference = StateReference.root(ComponentStore.make(store))(state)()
  return { store, root: get(StateReference.commit()(reference)).digest }
}

test('the empty state has nothing', () => {
  const { store, root } = stored({})
  const proof = get(Proof.prove(store)(root, { path: ['a'] }))
  expect(Proof.verify(root, { path: ['a'] })(proof)).toEqual(E.right(O.none))
  expect(Proof.verify(root, { path: ['b'] })(proof)).toEqual(E.right(O.none))
})

test('the asynchronous shape gives the same bytes', async () => {
  const { store, root } = stored({ text: 'long '.repeat(500) })
  const question = { path: ['text'], range: { from: 100, to: 200 } }
  const proof = await Proof.proveAsync(AsyncStore.toAsync(store))(root, question)()
  expect(proof).toEqual(Proof.prove(store)(root, question)())
  expect(E.flatMap(proof, Proof.verify(root, question))).toEqual(E.right(O.some('long '.repeat(20))))
})

test('what the store has lost or changed cannot be proved', () => {
  const { store, root } = stored({ text: 'long '.repeat(500) })
  const question = { path: ['text'] }
  const lost = faulty(store, { lose: (digest) => digest !== root })
  expect(Proof.prove(lost)(root, question)()).toMatchObject({ left: { _tag: 'Missing' } })
  const flipped = faulty(store, { flip: (digest) => (digest === root ? undefined : 9) })
  expect(Proof.prove(flipped)(root, question)()).toMatchObject({ left: { _tag: 'Corrupt' } })
  const nothing = Digest.fromBytes(new Uint8Array(32))
  expect(Proof.prove(store)(nothing, question)()).toMatchObject({ left: { _tag: 'Missing' } })
})

test('what is no proof at all', () => {
  const { root } = stored({ a: 1 })
  for (const bytes of [
    new Uint8Array(),
    new Uint8Array([0x9b]),
    new Uint8Array(100).fill(0x81),
    'text',
    null,
  ]) {
    expect(Proof.verify(root, { path: ['a'] })(bytes as Uint8Array)).toMatchObject({
      left: { _tag: 'InvalidProof' },
    })
  }
})
