import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenFscks } from '../../laws/store/brokenFscks.js'
import { fsckLaws } from '../../laws/store/fsckLaws.js'
import { fromBytes } from '../../src/data/Digest.js'
import { describe as describeFault, type Fault, fsck } from '../../src/store/Fsck.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'

checkAll(fsckLaws('of a MemoryStore', fsck(), MemoryStore.make), test)

describe('the zoo', () => {
  const found = new Set<string>()
  const laws = (name: keyof typeof brokenFscks) => fsckLaws(name, brokenFscks[name]!, MemoryStore.make)

  test.each(Object.keys(brokenFscks))('an examination that %s is rejected', async (name) => {
    const names = await rejected(laws(name), 100)
    if (process.env['ZOO']) console.log(name, '=>', names)
    for (const law of names) found.add(law)
    expect(names).not.toEqual([])
  })

  test('each law rejects some examination', () => {
    const idle = laws('does not hash').laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })
})

test('a fault in words is one line, and says which block', () => {
  const digest = fromBytes(new Uint8Array(32).fill(0xab))
  const faults: ReadonlyArray<Fault> = [
    { _tag: 'Missing', digest, number: 1 },
    { _tag: 'Missing', digest: null, number: 17 },
    { _tag: 'Corrupt', digest, number: 1 },
    { _tag: 'Dangling', digest, link: null },
    { _tag: 'Dangling', digest, link: digest },
    { _tag: 'Unlisted', digest, number: 1 },
    { _tag: 'Misled', digest, number: 1 },
    { _tag: 'Misnoted', digest, number: 1, reason: 'damaged' },
    { _tag: 'Misnoted', digest, number: 1, reason: 'other links than the bytes' },
    { _tag: 'HeadToNowhere', name: 'main', digest, number: 1 },
    { _tag: 'PinToNowhere', number: 17, times: 2 },
    { _tag: 'CountOff', digest, number: 1, ledger: 2, recount: 3 },
    { _tag: 'Leaked', digest, number: 1 },
    { _tag: 'Unreadable', number: 17 },
    { _tag: 'RecordOff', record: 'blocks', stored: 17, found: 2 },
  ]
  for (const fault of faults) expect(describeFault(fault)).toMatch(/^[^\n]*(ab{0,1}(ab){31}|17)[^\n]*$/)
})
