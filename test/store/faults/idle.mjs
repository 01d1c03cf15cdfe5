/** Opens a store, writes to it and says so; what it does then, and whether it may end, is in its second argument. */
import * as LmdbStore from '../../../dist/src/store/LmdbStore.js'
import { numberBlock, right } from './counter.mjs'

const [, , directory, ending] = process.argv
const store = right(await LmdbStore.open(directory, { lease: 30 })())
right(await store.async.transact({ puts: [numberBlock(1)] })())
right(store.transact({ puts: [numberBlock(2)] })())
// Long enough for the lease to be renewed a few times.
await new Promise((resolve) => setTimeout(resolve, 100))
if (ending === 'closes') right(await store.close())
if (ending === 'closes in the middle') {
  const answers = Array.from({ length: 200 }, (_, n) =>
    store.async.transact({ puts: [numberBlock(10 + n)] })(),
  )
  right(await store.close())
  for (const answer of await Promise.all(answers)) right(answer)
}
console.log('written')
