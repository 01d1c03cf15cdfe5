/** `vstWriter.mjs DIRECTORY NAME COUNT`: adds one to a head that others write too, and to one of its own, so often. */
import { ComponentStore, Fetch, State, Vst } from '../../dist/src/index.js'
import * as LmdbStore from '../../dist/src/store/LmdbStore.js'

const [directory, name, count] = process.argv.slice(2)

const right = (either) => {
  if (either._tag === 'Right') return either.right
  throw new Error(JSON.stringify(either.left))
}

const increment = (state) =>
  Fetch.flatMap(State.get(['n'])(state), (n) => State.set(['n'], n._tag === 'Some' ? n.value + 1 : 1)(state))

const store = right(await LmdbStore.open(directory, { durability: 'none' })())
const vst = Vst.make(ComponentStore.make(store), { author: name, window: { operations: 64 } })()
for (let i = 0; i < Number(count); i++) {
  right(Vst.withHead('main', increment, { message: `${name} ${i}`, tries: 1000 })(vst)())
  right(Vst.withHead(name, increment, { message: `${name} ${i}` })(vst)())
  const mine = right(Vst.log({ count: 20 })(vst)()).find(({ author }) => author === name)
  if (i % 5 === 0 && mine !== undefined) {
    // Its own head's, which nobody else moves: taken back, and that taken back.
    const undone = right(Vst.undoOf(mine.digest)(vst)())
    right(Vst.undoOf(undone.digest)(vst)())
  }
  await new Promise((resolve) => setImmediate(resolve))
}
right(await store.close())
