import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenLedgers, journallingLaws, snapshotLaws } from '../../laws/store/index.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Snapshot from '../../src/store/Snapshot.js'

checkAll(snapshotLaws('Snapshot', Snapshot.of), test)

describe('the zoo', () => {
  const found = new Set<string>()
  const reject = async (suite: Parameters<typeof rejected>[0]) => {
    const names = await rejected(suite)
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  }
  test.each(Object.entries(brokenLedgers.snapshots))('a snapshot that %s is rejected', (_, of) =>
    reject(snapshotLaws('broken', of)),
  )
  test.each(Object.entries(brokenLedgers.stores))('a store that %s is rejected', (_, make) =>
    reject(journallingLaws('broken', make)),
  )
  test('each law rejects something', () => {
    const laws = [snapshotLaws('', Snapshot.of), journallingLaws('', MemoryStore.make)].flatMap((suite) =>
      suite.laws.map(({ name }) => name),
    )
    expect(laws.filter((name) => !found.has(name))).toEqual([])
  })
})
