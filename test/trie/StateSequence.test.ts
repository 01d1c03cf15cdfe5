import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { test } from 'vitest'
import { checkAll } from '../../laws/Law.js'
import { stateSequenceBadInputLaws } from '../../laws/sequence/badInputLaws.js'
import { forgedSequenceLaws } from '../../laws/sequence/forgedSequenceLaws.js'
import { type Pieces, stabilityLaws } from '../../laws/sequence/instanceLaws.js'
import { stateOf } from '../../laws/sequence/patchPairs.js'
import { stateSequenceLaws } from '../../laws/sequence/stateSequenceLaws.js'
import { Blocks, modes } from '../../laws/trie/settings.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'

for (const [name, mode] of Object.entries(modes)) {
  checkAll(stateSequenceLaws(`State ${name}`, State, mode), test, 20)
  checkAll(stateSequenceBadInputLaws(`State ${name}`, State, mode), test, 8)
}
checkAll(forgedSequenceLaws('State', State), test, 20)

const pieces: Pieces = (run, position, count, content) => {
  const blocks = new Blocks()
  const before = stateOf({ run })
  const edited = Fetch.now(State.splice(['run'], position, count, content)(before))
  if (O.isNone(edited) || E.isLeft(edited.value)) throw new Error('refused')
  const [first, second] = [before, edited.value.right].map((state) => blocks.save(state)) as [never, never]
  return { before: blocks.reachable(first), after: blocks.reachable(second) }
}
checkAll(stabilityLaws('State', pieces), test, 10)
