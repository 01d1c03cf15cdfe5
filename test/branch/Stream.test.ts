import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { brokenStreams, streamLaws } from '../../laws/branch/streamLaws.js'
import { checkAll, rejected } from '../../laws/Law.js'
import { faulty } from '../../laws/store/index.js'
import { ComponentStore, MemoryStore, State, StateReference, Stream } from '../../src/index.js'

checkAll(streamLaws('Stream', Stream), test)

describe('broken streams', () => {
  test.each(Object.entries(brokenStreams))('one that %s is rejected', async (_, subject) => {
    expect(await rejected(streamLaws('broken', subject), 100)).not.toEqual([])
  })

  test('each law rejects one', async () => {
    const names = new Set<string>()
    for (const subject of Object.values(brokenStreams)) {
      for (const name of await rejected(streamLaws('broken', subject), 100)) names.add(name)
    }
    expect(names.size).toBe(streamLaws('all', Stream).laws.length)
  })
})

const half = (): never => {
  throw new Error('the disk is gone')
}

function* failing(): Generator<Uint8Array> {
  for (let i = 0; i < 400; i++) yield Uint8Array.from({ length: 3000 }, (_, k) => (i * k * 31) % 251)
  half()
}

describe('a stream that fails', () => {
  test.each([
    ['because its source throws', failing(), 'StoreFailed'],
    ['because a piece is of another kind', [new Uint8Array(9), 'text'], 'InvalidValue'],
  ])('%s leaves all as it was', async (_, source, tag) => {
    const store = MemoryStore.make()
    const root = StateReference.root(ComponentStore.make(store))(State.empty)()
    expect(await Stream.into(['f'], 'bytes', source)(root)()).toMatchObject({ left: { _tag: tag } })
    expect(StateReference.read(root)()).toEqual(E.right(State.empty))
    store.collect()
    expect(store.stats()).toMatchObject({ blocks: 0, pins: 0 })
  })

  test('because the store does can be tried again', async () => {
    const store = MemoryStore.make()
    const root = StateReference.root(ComponentStore.make(faulty(store, { transact: (nth) => nth === 2 })))(
      State.empty,
    )()
    const pieces = Array.from({ length: 300 }, (_, i) => `piece ${i} `.repeat(100))
    expect(E.isLeft(await Stream.into(['t'], 'text', pieces)(root)())).toBe(true)
    expect(await Stream.into(['t'], 'text', pieces)(root)()).toEqual(E.right(pieces.join('').length))
  })

  test('because half a character is left', async () => {
    const root = StateReference.root(ComponentStore.make(MemoryStore.make()))(State.empty)()
    expect(await Stream.into(['t'], 'text', ['a\ud83d'])(root)()).toMatchObject({
      left: { _tag: 'InvalidValue' },
    })
    expect(await Stream.into(['t'], 'text', ['a\ud83d', '\ude00'])(root)()).toEqual(E.right(3))
  })
})
