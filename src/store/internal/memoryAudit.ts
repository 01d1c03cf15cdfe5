/** A memory store laid open. */
import type { Audit } from '../Audit.js'
import { counts } from '../Ledger.js'
import type { Memory } from './memory.js'
import { HEADER } from './words.js'

export const auditOf = (memory: Memory): Audit => {
  const { blocks, cuts, heads, pins } = memory
  const { words } = memory.writer
  const { tally } = memory.fold()
  const block: Audit['block'] = (number) => {
    const digest = blocks.digest(number)
    if (digest === undefined) return undefined
    const put = blocks.place(number)
    const from = put + HEADER
    const middle = from + words[put + 2]!
    return {
      bytes: blocks.bytes(digest)!,
      links: [...words.subarray(from, middle)],
      parents: [...words.subarray(middle, middle + words[put + 3]!)],
      sound: true,
      // A snapshot forgets the parents that a cut let go, and the cut.
      cut: cuts.has(number) || words[put + 3] === 0,
    }
  }
  function* numbers(): Iterable<number> {
    for (let number = 0; number < blocks.end; number++) if (blocks.digest(number) !== undefined) yield number
  }
  return {
    end: blocks.end,
    numbers,
    block,
    recover: () => undefined,
    *ids() {
      for (const number of numbers()) yield [blocks.digest(number)!, number]
    },
    find: (digest) => blocks.find(digest),
    *heads() {
      for (const [name, number] of heads) yield { name, digest: blocks.digest(number)!, number }
    },
    *pins() {
      for (const [number, times] of pins) yield { number, times }
    },
    *counts() {
      const ledger = tally.freeze()
      // A sweep looks at every block that is there.
      for (const number of numbers()) yield { number, references: tally.count(number), there: true }
      for (const [number, references] of counts(ledger))
        if (blocks.digest(number) === undefined) yield { number, references, there: false }
    },
    unreadable: () => [],
    records: (count, bytes) =>
      [
        { record: 'blocks', stored: blocks.size, found: count },
        { record: 'bytes', stored: blocks.byteLength, found: bytes },
      ].filter(({ stored, found }) => stored !== found),
  }
}
