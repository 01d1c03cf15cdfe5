import { test } from 'vitest'
import { checkAll } from '../../laws/Law.js'
import { collectingLaws, journallingLaws, storeLaws } from '../../laws/store/index.js'
import * as AsyncStore from '../../src/store/AsyncStore.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'

checkAll(storeLaws('MemoryStore', MemoryStore.make), test)
checkAll(collectingLaws('MemoryStore', MemoryStore.make), test)
checkAll(journallingLaws('MemoryStore', MemoryStore.make), test)
checkAll(
  storeLaws('MemoryStore, asynchronous', () => AsyncStore.toAsync(MemoryStore.make())),
  test,
)
