import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { fromPairs } from '../../laws/arbitraries.js'
import { checkAll, run } from '../../laws/Law.js'
import { states as zoo } from '../../laws/trie/brokenStates.js'
import { colliding } from '../../laws/trie/collidingKeys.js'
import { forgedLaws, type Opening } from '../../laws/trie/forgedLaws.js'
import { Blocks, modes, opened } from '../../laws/trie/settings.js'
import { openedStateLaws, stateLaws } from '../../laws/trie/stateLaws.js'
import { stateOf, states } from '../../laws/trie/stateModel.js'
import { hash } from '../../src/data/Hasher.js'
import { Writer } from '../../src/data/internal/writer.js'
import type { Value } from '../../src/data/Value.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'

const suites = (subject: Opening) => [
  stateLaws('', subject, opened(0)),
  openedStateLaws('', subject),
  forgedLaws('', subject),
]

for (const [name, mode] of Object.entries(modes)) checkAll(stateLaws(`State ${name}`, states, mode), test, 20)
checkAll(openedStateLaws('State', states), test, 30)
checkAll(forgedLaws('State', states), test, 25)

describe('the zoo', () => {
  const laws = new Map(
    Object.values(zoo).flatMap(({ subject }) =>
      suites(subject).flatMap((suite) => suite.laws.map((law) => [law.name, null] as const)),
    ),
  )

  // Each is tried with the law that it was made for: all laws on all of them would take minutes.
  test.each(Object.entries(zoo))('a state that %s is rejected', async (_, { subject, law: name }) => {
    const law = suites(subject)
      .flatMap((suite) => suite.laws)
      .find((candidate) => candidate.name === name)
    expect(law).toBeDefined()
    // What is met by chance may take longer to meet.
    const failed = (await run(law!, 150)).failed || (await run(law!, 1500, { endOnFailure: true })).failed
    expect(failed).toBe(true)
  })

  test('each law rejects some state', () => {
    const used = new Set(Object.values(zoo).map(({ law }) => law))
    expect([...laws.keys()].filter((name) => !used.has(name))).toEqual([])
  })
})

describe('colliding keys', () => {
  test.each([40, 700])('%i of them, of a state that was opened', (n) => {
    const blocks = new Blocks()
    const keys = colliding(n)
    const ask = <A>(fetch: Fetch.Fetch<unknown, A>): A => {
      const answer = Fetch.run(blocks.source)(fetch)()
      if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
      return answer.right
    }
    const all = stateOf(states, fromPairs(keys.map((key, i) => [key, i] as const)))
    const digest = blocks.save(all)
    // Seven levels of the placement hash; then BLAKE3 spreads by sixteen a level, with room for bad luck.
    expect(blocks.height(digest)).toBeLessThanOrEqual(7 + 2 + Math.ceil(Math.log(n / 32) / Math.log(16)))
    let state = State.open(digest, Residency.make(0))
    for (const [i, key] of keys.entries()) {
      if (i % 9 === 0) state = State.open(blocks.save(state), Residency.make(0))
      if (i >= 20) state = ask(State.remove([key])(state))
    }
    const few = fromPairs(keys.slice(0, 20).map((key, i) => [key, i] as const))
    expect(State.digest(state)).toBe(State.digest(stateOf(states, few)))
    for (const [i, key] of [...keys.entries()].reverse()) {
      if (i % 9 === 0) state = State.open(blocks.save(state), Residency.make(0))
      state = ask(State.set([key], i)(state))
    }
    expect(State.digest(state)).toBe(digest)
  })
})

test('an edit of a thing inside long text is refused, to remove it is to do nothing', () => {
  const state = stateOf(states, { long: 'long '.repeat(100), short: 'short' })
  for (const key of ['long', 'short']) {
    expect(Fetch.now(State.remove([key, 'x'])(state))).toEqual(Fetch.now(Fetch.of(state)))
  }
})

test('nothing stands at an index before the first or between two', () => {
  const state = stateOf(states, { list: [1, 2], long: Array.from({ length: 300 }, (_, i) => i) })
  for (const key of ['list', 'long']) {
    for (const index of [-1, 0.5, Number.NaN]) {
      expect(Fetch.now(State.has([key, index])(state))).toEqual(Fetch.now(Fetch.of(false)))
    }
  }
})

test.each([Number.POSITIVE_INFINITY, 1000.5, Number.NaN, -1, 0])(
  'a cache may have a budget of %d',
  (budget) => {
    const blocks = new Blocks()
    const digest = blocks.save(stateOf(states, { a: 1 }))
    const answer = Fetch.run(blocks.source)(State.toJson(State.open(digest, Residency.make(budget))))()
    expect(answer).toEqual(E.right({ a: 1 }))
  },
)

describe('a chain of blocks that is longer than any value is deep', () => {
  const chain = (blocks: number, inline: number): State.State => {
    const store = new Blocks()
    const put = (write: (w: Writer) => void): Uint8Array => {
      const w = new Writer()
      write(w)
      const bytes = w.take()
      store.bytes.set(hash(bytes), bytes)
      return bytes
    }
    let last = put((w) => {
      w.arrayHeader(2)
      w.uint(2)
      let value: Value = 'x'.repeat(100)
      for (let i = 0; i < inline; i++) value = [value]
      w.value([value, 'y'.repeat(200)])
    })
    for (let i = 0; i < blocks; i++) {
      const below = hash(last)
      last = put((w) => {
        w.arrayHeader(2)
        w.uint(2)
        w.arrayHeader(3)
        w.text('x'.repeat(200))
        w.text('y'.repeat(200))
        w.link(below)
      })
    }
    const root = put((w) => {
      w.arrayHeader(3)
      w.uint(0)
      w.text('a')
      w.link(hash(last))
    })
    const answer = Fetch.run(store.source)(State.toJson(State.open(hash(root), Residency.make(0))))()
    if (E.isLeft(answer)) throw new Error(answer.left._tag)
    const made = State.fromJson(answer.right)
    if (E.isLeft(made)) throw new Error(made.left.reason)
    return made.right
  }
  test('is taken as long as it is not', () => {
    expect(() => chain(150, 90)).not.toThrow()
  })
  test('is refused', () => {
    expect(() => chain(300, 0)).toThrow('Corrupt')
  })
  // Depth is checked where a block begins; inside the last block a value may still go too deep.
  test('is refused though the last levels are inside of one block', () => {
    expect(() => chain(200, 90)).toThrow('Corrupt')
  })
})

test('a block is looked for in parts of sequences, small ones too', () => {
  for (let n = 700; n < 800; n++) {
    const store = new Blocks()
    const text = Array.from({ length: n }, (_, i) => (i * i * 7 + n) % 9973).join(' ')
    const state = State.open(store.save(stateOf(states, { text })), Residency.make(0))
    const last = [...store.bytes.keys()][0]!
    expect(Fetch.run(store.source)(State.reaching([state], last))()).toEqual(E.right([true]))
  }
})
