import { expect, test } from 'vitest'
import * as dag from '../../laws/store/dag.js'
import { right } from '../../laws/store/observe.js'
import { ref } from '../../src/data/Ref.js'
import { census } from '../../src/store/Census.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'

test('an empty store has an empty census', () => {
  expect(right(census(MemoryStore.make())())).toEqual({
    blocks: 0,
    unique: 0,
    logical: 0,
    shared: 0,
    byReferences: [],
  })
})

test('blocks are classed by their references, which double from class to class', () => {
  const store = MemoryStore.make()
  const times = [0, 1, 2, 3, 4, 5, 8, 9]
  const blocks = times.map((n) => dag.block(new Uint8Array(n + 1).fill(n)))
  right(
    store.transact({
      puts: blocks.map(({ digest, bytes }) => ({ ref: ref(digest), bytes, links: [] })),
      pins: blocks.flatMap(({ digest }, i) => new Array<typeof digest>(times[i]!).fill(digest)),
    })(),
  )
  expect(right(census(store)())).toEqual({
    blocks: 8,
    unique: 40,
    logical: times.reduce((sum, n) => sum + n * (n + 1), 0),
    shared: 6,
    byReferences: [
      { least: 0, most: 0, blocks: 1, bytes: 1 },
      { least: 1, most: 1, blocks: 1, bytes: 2 },
      { least: 2, most: 2, blocks: 1, bytes: 3 },
      { least: 3, most: 4, blocks: 2, bytes: 9 },
      { least: 5, most: 8, blocks: 2, bytes: 15 },
      { least: 9, most: 16, blocks: 1, bytes: 10 },
    ],
  })
})
