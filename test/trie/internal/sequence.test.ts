import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { checkAll, holds, law, suite } from '../../../laws/Law.js'
import { kinds } from '../../../laws/sequence/Kind.js'
import { stateOf } from '../../../laws/sequence/patchPairs.js'
import { modelled, steps } from '../../../laws/sequence/scripts.js'
import * as Fetch from '../../../src/trie/Fetch.js'
import { CHUNK, FANOUT } from '../../../src/trie/internal/chunker.js'
import { BYTES, Chunk, Knot, LIST, type Part, type Run, TEXT } from '../../../src/trie/internal/node.js'
import { sequenceOf } from '../../../src/trie/internal/sequence.js'
import { slotOf } from '../../../src/trie/internal/slot.js'
import * as Sequence from '../../../src/trie/Sequence.js'
import * as State from '../../../src/trie/State.js'

/** What is wrong with a tree, by the numbers of its invariants. */
const fault = (part: Part, root: boolean): string | null => {
  if (part instanceof Chunk) {
    if (part.size === 0 && !root) return 'INV2: an empty chunk'
    if (typeof part.run === 'string' && !part.run.isWellFormed()) return 'half a character'
    const bytes =
      typeof part.run === 'string' ? Buffer.byteLength(part.run) : part.kind === LIST ? 0 : part.size
    return bytes > CHUNK.max ? `a chunk of ${bytes}` : null
  }
  if (!(part instanceof Knot)) return 'a link'
  const { children, level } = part
  if (children.length < 2 || children.length > FANOUT.max + 1) return `INV2: a knot of ${children.length}`
  for (const child of children) {
    if ((child instanceof Chunk ? 0 : (child as Knot).level) !== level - 1) return 'INV2: parts of two levels'
    const below = fault(child, false)
    if (below !== null) return below
  }
  return null
}

const codes = { items: LIST, text: TEXT, bytes: BYTES } as const

checkAll(
  suite(
    'trees',
    kinds.flatMap((kind) => [
      law(`${kind.name} keep the invariants`, [kind.runs, steps(kind, 3)], (run, script) => {
        const content = script.reduce((model, step) => modelled(kind, model, step), run)
        const slots = (Array.isArray(content) ? content.map(slotOf as never) : content) as Run
        const wrong = fault(sequenceOf(codes[kind.name], slots), true)
        return holds(wrong === null, wrong ?? '')
      }),
      law(`${kind.name} of several levels keep them`, [kind.big], (run) => {
        const slots = (Array.isArray(run) ? run.map(slotOf as never) : run) as Run
        const wrong = fault(sequenceOf(codes[kind.name], slots), true)
        return holds(wrong === null, wrong ?? '')
      }),
    ]),
  ),
  test,
  8,
)

test('a short list goes back into its parent though it is cut in several chunks', () => {
  for (let start = 0; start < 60; start++) {
    const list = Array.from({ length: 200 }, (_, i) => ((start + i * 7) * i) % 24)
    const made = Fetch.now(
      State.splice(
        ['list'],
        50,
        500,
        [],
      )(stateOf({ list: [...list.slice(0, 50), ...new Array(500).fill(1), ...list.slice(50)] })),
    )
    if (made._tag === 'None' || E.isLeft(made.value)) throw new Error('refused')
    expect(State.digest(made.value.right)).toBe(State.digest(stateOf({ list })))
  }
})

test('a buffer that was given can be written to', () => {
  const given = Buffer.alloc(3000, 1)
  const sequence = Sequence.fromBytes(given)
  given.fill(2)
  const read = Sequence.toRun(sequence)
  expect(read.every((byte) => byte === 1)).toBe(true)
  read.fill(3)
  expect(Sequence.toRun(sequence).every((byte) => byte === 1)).toBe(true)
})
