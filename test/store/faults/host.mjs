/**
 * A process with a store that does what it is told, for tests that stop, starve and kill it.
 *
 * A request is `[number, command, ...arguments]`, a reply `[number, what it answered]`; a command that throws replies
 * `[number, null, why]`. What goes on for ever says what was acknowledged as `{ head, turn }`.
 */
import { Worker } from 'node:worker_threads'
import { ComponentStore, State, StateReference, Stream } from '../../../dist/src/index.js'
import * as Compact from '../../../dist/src/store/Compact.js'
import * as LmdbStore from '../../../dist/src/store/LmdbStore.js'
import { contentOf } from './content.mjs'
import { increment, numberBlock, right, turnOfLoop } from './counter.mjs'

let store
let components

/** What waits to be streamed, and who waits for it. */
const pieces = []
let hungry = null

async function* fed() {
  for (;;) {
    while (pieces.length === 0) await new Promise((resolve) => (hungry = resolve))
    const piece = pieces.shift()
    if (piece === null) return
    yield piece
  }
}

const feed = (piece) => {
  pieces.push(piece)
  hungry?.()
}

const isLockedOut = ({ reason = '' }) => reason.includes('locked this process out')

let streaming
let churned = 0

const commands = {
  open: async (directory, options = {}) => {
    store = right(await LmdbStore.open(directory, options)())
    components = ComponentStore.make(store)
  },
  /** Opens a store that may be damaged, reads all of it and closes it: what it holds, or how it failed. */
  attempt: async (directory, options) => {
    const opened = await LmdbStore.open(directory, options)()
    if (opened._tag === 'Left') return { failure: opened.left._tag }
    const found = ComponentStore.make(opened.right)
    const states = {}
    let failure = null
    const heads = opened.right.heads('')()
    if (heads._tag === 'Left') failure = heads.left._tag
    for (const [name] of heads.right ?? []) {
      const reference = StateReference.openHead(found)(name)()
      const state =
        reference._tag === 'Left' ? reference : StateReference.ask(State.toJson)(reference.right.value)()
      if (state._tag === 'Left') failure = state.left._tag
      else states[name] = state.right
    }
    for (const count of [
      opened.right.ledger,
      opened.right.recount,
      opened.right.collect,
      opened.right.stats,
    ]) {
      const answer = count()
      if (answer._tag === 'Left') failure ??= answer.left._tag
    }
    await opened.right.close()
    return { failure, states }
  },
  ready: async () => true,
  close: async () => right(await store.close()),
  /** Opens a store as soon as nobody is in the way, puts a head and closes it: the heads that it found; `null` if locked out. */
  visit: async (directory, name) => {
    for (;;) {
      const opened = await LmdbStore.open(directory)()
      if (opened._tag === 'Left' && isLockedOut(opened.left)) return null
      if (opened._tag === 'Left' && opened.left._tag === 'StoreBusy') {
        await new Promise((resolve) => setTimeout(resolve, 2))
        continue
      }
      const visited = right(opened)
      const heads = right(visited.heads('')()).map(([head]) => head)
      const block = numberBlock(heads.length)
      const next = block.ref.digest
      right(visited.transact({ puts: [block], heads: [{ name, expect: null, next }] })())
      right(await visited.close())
      return heads
    }
  },
  /** Compacts a store as soon as nobody has it open; `null` if locked out. */
  compact: async (directory, options, ahead = 0) => {
    for (;;) {
      const compacted = await Compact.compact({ ...options, clock: () => Date.now() + ahead })(directory)()
      if (compacted._tag === 'Right') return compacted.right
      if (isLockedOut(compacted.left)) return null
      if (compacted.left._tag !== 'StoreBusy') right(compacted)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  },
  /** Commits turn after turn, each the content of its turn. */
  write: async (head) => {
    const known = right(StateReference.openHead(components)(head)())
    const reference = known._tag === 'Some' ? known.value : StateReference.root(components)(State.empty)()
    const last =
      known._tag === 'Some' ? right(StateReference.ask(State.get(['turn']))(reference)()) : undefined
    for (let turn = (last?.value ?? -1) + 1; ; turn++) {
      for (const [key, value] of Object.entries(contentOf(head, turn)))
        right(StateReference.update(State.set([key], value))(reference)())
      right(StateReference.commit({ head })(reference)())
      StateReference.trim(reference)()
      process.send({ head, turn })
      await turnOfLoop()
    }
  },
  /** Collects in small slices, by turns blocking and not. */
  sweep: async () => {
    for (let n = 0; ; n++) {
      const bounds = { blocks: 1 + (n % 7), milliseconds: n % 3 }
      right(n % 2 === 0 ? store.slice(bounds)() : await store.async.slice(bounds)())
      await turnOfLoop()
    }
  },
  increment: (head, times, later) => increment(store, head, times, later),
  /** The same with so many threads more in this process, each with the store open for itself. */
  incrementInThreads: async (directory, head, times, threads) => {
    const others = Array.from({ length: threads }, (_, n) => {
      const worker = new Worker(new URL('thread.mjs', import.meta.url), {
        workerData: { directory, head, times, later: n % 2 === 1 },
      })
      return new Promise((resolve, reject) => worker.on('error', reject).on('exit', resolve))
    })
    await increment(store, head, times, true)
    await Promise.all(others)
  },
  /** The same by two stores in this thread, one of which waits for the disk and one of which does not. */
  incrementTwice: async (directory, head, times) => {
    const other = right(await LmdbStore.open(directory)())
    await Promise.all([increment(store, head, times, true), increment(other, head, times, false)])
    right(await other.close())
  },
  commit: async (head, turn) => {
    const reference = StateReference.root(components)(right(State.fromJson(contentOf(head, turn))))()
    right(StateReference.commit({ head })(reference)())
    StateReference.release(reference)()
  },
  /** Puts a block, and a head on it if one is named. */
  put: async (number, head) => {
    const block = numberBlock(number)
    const heads = head === undefined ? [] : [{ name: head, expect: null, next: block.ref.digest }]
    const { added } = right(store.transact({ puts: [block], heads })())
    return added.length === 1
  },
  drop: async (head) => {
    right(store.transact({ heads: [{ name: head, expect: right(store.head(head)()), next: null }] })())
  },
  /** Puts so many blocks, a transaction each; every third keeps its head. */
  churn: async (many) => {
    for (let n = 0; n < many; n++) {
      const block = numberBlock(churned++)
      const head = { name: `churn ${churned}`, expect: null, next: block.ref.digest }
      right(store.transact({ puts: [block], heads: n % 3 === 0 ? [head] : [] })())
    }
  },
  /** So many times, lets a head go and puts another block under it. */
  turnOver: async (many) => {
    const heads = right(store.heads('')())
    for (let n = 0; n < many; n++) {
      const [name, expect] = heads[n % heads.length]
      const block = numberBlock(churned++, 20_000)
      right(store.transact({ puts: [block], heads: [{ name, expect, next: block.ref.digest }] })())
      heads[n % heads.length] = [name, block.ref.digest]
      right(store.slice({ blocks: 10, milliseconds: 10 })())
      if (n % 10 === 0) await turnOfLoop()
    }
  },
  slice: async (bounds) => right(store.slice(bounds)()),
  stream: async (head) => {
    const reference = StateReference.root(components)(State.empty)()
    streaming = Stream.into(
      ['log'],
      'text',
      fed(),
    )(reference)().then((length) => {
      right(length)
      return right(StateReference.commit({ head })(reference)())
    })
    streaming.catch(() => {})
  },
  feed: async (piece) => {
    feed(piece)
    while (pieces.length > 0) await turnOfLoop()
    for (let n = 0; n < 20; n++) await turnOfLoop()
  },
  finish: async () => {
    feed(null)
    await streaming
  },
  /** Blocks, each with a head, until one fails. */
  fill: async (size, later) => {
    const acknowledged = []
    for (let n = 0; n < 5000; n++) {
      const block = numberBlock(churned++, size)
      const wanted = {
        puts: [block],
        heads: [{ name: `fill ${churned}`, expect: null, next: block.ref.digest }],
      }
      const answer = later ? await store.async.transact(wanted)() : store.transact(wanted)()
      if (answer._tag === 'Left')
        return { acknowledged, failure: { tag: answer.left._tag, cause: String(answer.left.cause) } }
      acknowledged.push(block.ref.digest)
    }
    return { acknowledged, failure: null }
  },
  /** Which of them cannot be read. */
  unread: async (digests) => digests.filter((digest) => right(store.read([digest])())[0] === undefined),
  /** Takes so many heads away, and what they held. */
  empty: async (many) => {
    const heads = right(store.heads('')()).slice(0, many)
    for (const [name, expect] of heads) right(store.transact({ heads: [{ name, expect, next: null }] })())
    right(store.collect())
  },
}

process.on('unhandledRejection', (cause) => {
  console.error('unhandled', cause)
})

process.on('message', async ([number, command, ...given]) => {
  try {
    process.send([number, (await commands[command](...given)) ?? null])
  } catch (error) {
    process.send([number, null, String(error?.stack ?? error)])
  }
})
