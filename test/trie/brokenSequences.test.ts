import { applyPatch } from 'rfc6902'
import { describe, expect, test } from 'vitest'
import { checkAll, type Law, run, type Suite } from '../../laws/Law.js'
import { sequenceBadInputLaws, stateSequenceBadInputLaws } from '../../laws/sequence/badInputLaws.js'
import { patches } from '../../laws/sequence/brokenPatches.js'
import { type Defect, defects, sequences } from '../../laws/sequence/brokenSequences.js'
import { chunkers, states } from '../../laws/sequence/brokenStates.js'
import { sequenceCanonicalLaws } from '../../laws/sequence/canonicalLaws.js'
import { forgedSequenceLaws } from '../../laws/sequence/forgedSequenceLaws.js'
import { sequenceInstanceLaws, stabilityLaws } from '../../laws/sequence/instanceLaws.js'
import { sequenceModelLaws } from '../../laws/sequence/modelLaws.js'
import { jsonPatchLaws, patchCodecLaws } from '../../laws/sequence/patchCodecLaws.js'
import { patchLaws, patchVisitLaws } from '../../laws/sequence/patchLaws.js'
import type { Patches } from '../../laws/sequence/patchPairs.js'
import { stateSequenceLaws } from '../../laws/sequence/stateSequenceLaws.js'
import { opened, resident } from '../../laws/trie/settings.js'
import type * as State from '../../src/trie/State.js'

const ofSequences = (defect?: Defect): ReadonlyArray<Suite> => {
  const subject = sequences(defect)
  return [sequenceModelLaws, sequenceCanonicalLaws, sequenceBadInputLaws, sequenceInstanceLaws].map((laws) =>
    laws('small', subject),
  )
}

const rejects = async (suites: ReadonlyArray<Suite>, runs: number): Promise<ReadonlyArray<string>> => {
  const names: Array<string> = []
  for (const law of suites.flatMap(({ laws }) => laws)) {
    if ((await run(law, runs, { endOnFailure: true, seed: 7 })).failed) names.push(law.name)
  }
  return names
}

/** That a law fails is all that is asked; the first that does is enough. */
const failing = async (
  suites: ReadonlyArray<Suite>,
  named: string,
  runs: number,
): Promise<ReadonlyArray<string>> =>
  rejects(
    suites.map(({ name, laws }) => ({ name, laws: laws.filter((law) => law.name.includes(named)) })),
    runs,
  )

describe('sequences', () => {
  for (const suite of ofSequences()) checkAll(suite, test, 5)
  const found = new Set<string>()

  test.each(defects)('one that %s is rejected', async (defect) => {
    // Laws that have not rejected any yet are asked first; of the others one is enough.
    const laws = ofSequences(defect).flatMap((suite) => suite.laws)
    const rejected = (law: Law) =>
      run(law, 4, { endOnFailure: true, seed: 7 }).then((details) => details.failed)
    const names: Array<string> = []
    for (const idle of [true, false]) {
      for (const law of laws.filter(({ name }) => found.has(name) !== idle)) {
        if ((idle || names.length === 0) && (await rejected(law))) names.push(law.name)
      }
    }
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })

  test('each law rejects some sequence', () => {
    const idle = ofSequences()
      .flatMap(({ laws }) => laws.map(({ name }) => name))
      .filter((name) => !found.has(name))
    expect(idle).toEqual([])
  })
})

const applied = (before: unknown, operations: ReadonlyArray<unknown>): unknown => {
  const holder = structuredClone(before)
  applyPatch(holder, operations as never)
  return holder
}

const ofPatches = (subject: Patches): ReadonlyArray<Suite> => [
  patchLaws('', subject, resident),
  patchLaws('opened', subject, opened(0)),
  patchVisitLaws('', subject),
  patchCodecLaws('', subject),
  jsonPatchLaws('', subject, applied, ['__proto__', 'constructor', 'prototype']),
]

describe('patches', () => {
  test.each(Object.entries(patches))('one that %s is rejected', async (_, { law, subject }) => {
    expect(await failing(ofPatches(subject), law, 30)).toContain(law)
  })

  test('each law rejects some patch', () => {
    const rejected = new Set(Object.values(patches).map(({ law }) => law))
    expect(
      ofPatches(patches['misses a splice']!.subject)
        .flatMap(({ laws }) => laws.map(({ name }) => name))
        .filter((name) => !rejected.has(name)),
    ).toEqual([])
  })
})

const ofStates = (subject: typeof State): ReadonlyArray<Suite> => [
  stateSequenceLaws('', subject, resident),
  stateSequenceBadInputLaws('', subject, resident),
  forgedSequenceLaws('', subject),
]

describe('states', () => {
  test.each(Object.entries(states))('one that %s is rejected', async (_, { law, subject }) => {
    expect(await failing(ofStates(subject), law, 20)).not.toEqual([])
  })

  test('each law rejects some state', () => {
    const named = Object.values(states).map(({ law }) => law)
    const all = ofStates(states['slices to the end']!.subject).flatMap(({ laws }) =>
      laws.map(({ name }) => name),
    )
    expect(all.filter((name) => !named.some((law) => name.includes(law)))).toEqual([])
  })
})

describe('chunkers', () => {
  const found = new Set<string>()

  test.each(Object.entries(chunkers))('one that %s is rejected', async (_, pieces) => {
    const names = await rejects([stabilityLaws('', pieces)], 10)
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })

  test('each law rejects some chunker', () => {
    const all = stabilityLaws('', Object.values(chunkers)[0]!).laws.map(({ name }) => name)
    expect(all.filter((name) => !found.has(name))).toEqual([])
  })
})
