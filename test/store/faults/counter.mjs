/** Numbers as blocks, and a head that moves from one to the next. */
import { Hasher, Ref } from '../../../dist/src/index.js'

export const turnOfLoop = () => new Promise((resolve) => setImmediate(resolve))

/** The value of a `Right`; throws what went wrong. */
export const right = (either) => {
  if (either._tag === 'Right') return either.right
  const { _tag, operation = '', cause = '', reason = '' } = either.left
  throw new Error(`${_tag} ${operation} ${cause} ${reason}`)
}

/** A block whose bytes are a number, and then zeros. */
export const numberBlock = (number, size = 8) => {
  const bytes = new Uint8Array(size)
  new DataView(bytes.buffer).setFloat64(0, number)
  return { ref: Ref.ref(Hasher.hash(bytes)), bytes, links: [] }
}

const numberAt = (store, digest) => {
  const [bytes] = right(store.read([digest])())
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0)
}

/** Adds one so often, whatever others do. */
export const increment = async (store, head, times, later) => {
  for (let done = 0; done < times; ) {
    const expect = right(store.head(head)())
    const next = numberBlock(expect === null ? 1 : numberAt(store, expect) + 1)
    const wanted = { puts: [next], heads: [{ name: head, expect, next: next.ref.digest }] }
    const answer = later ? await store.async.transact(wanted)() : store.transact(wanted)()
    if (answer._tag === 'Right') done++
    else if (answer.left._tag !== 'HeadMoved') right(answer)
    await turnOfLoop()
  }
}
