import * as dagCbor from '@ipld/dag-cbor'
import { blake3 } from '@noble/hashes/blake3.js'
import * as E from 'fp-ts/lib/Either.js'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { describe, expect, test } from 'vitest'
import type * as Digest from '../../src/data/Digest.js'
import * as Blockstore from '../../src/store/Blockstore.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Staging from '../../src/store/Staging.js'

const memory = (): MemoryStore.MemoryStore & Staging.Stages => ({
  ...MemoryStore.make(),
  staging: Staging.memory(),
})

const all = async <A>(source: Iterable<A> | AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const items: Array<A> = []
  for await (const item of source) items.push(item)
  return items
}
const block = (value: unknown): readonly [CID, Uint8Array] => {
  const bytes = dagCbor.encode(value)
  return [CID.createV1(dagCbor.code, create(0x1e, blake3(bytes))), bytes]
}
const [leaf, leafBytes] = block('leaf')
const [root, rootBytes] = block({ leaf })
const digest = (cid: CID): Digest.Digest => Blockstore.digestOf(cid)!

describe('blocks of ours', () => {
  test('enter the store when their links are there, and wait in the staging until then', async () => {
    const store = memory()
    const blocks = Blockstore.open(store)
    await blocks.put(root, rootBytes)
    expect(store.read([digest(root)])()).toEqual(E.right([undefined]))
    expect(await all(blocks.get(root))).toEqual([rootBytes])
    await blocks.put(leaf, leafBytes)
    expect(store.read([digest(leaf), digest(root)])()).toEqual(E.right([leafBytes, rootBytes]))
    expect(store.staging!.list(null, 10)()).toEqual(E.right([]))
    expect((await all(blocks.getAll())).map(({ cid }) => cid.toString()).sort()).toEqual(
      [leaf, root].map(String).sort(),
    )
    await blocks.close()
  })

  test('stay until the adapter is closed, and longer under a head', async () => {
    const store = memory()
    const blocks = Blockstore.open(store)
    await all(
      blocks.putMany([
        { cid: leaf, bytes: leafBytes },
        { cid: root, bytes: rootBytes },
      ]),
    )
    expect(store.collect()).toEqual({ freed: 0, bytes: 0 })
    await blocks.close()
    store.transact({ heads: [{ name: 'main', expect: null, next: digest(leaf) }] })()
    expect(store.collect().freed).toBe(1)
    expect(await all(Blockstore.open(store).get(leaf))).toEqual([leafBytes])
  })

  test('that are deleted are let go, and are not shown until they are put again', async () => {
    const store = memory()
    const blocks = Blockstore.open(store)
    await blocks.put(leaf, leafBytes)
    await blocks.delete(leaf)
    expect(await blocks.has(leaf)).toBe(false)
    expect(await all(blocks.getAll())).toEqual([])
    await blocks.put(leaf, leafBytes)
    expect(await blocks.has(leaf)).toBe(true)
    expect(store.collect().freed).toBe(0)
    await blocks.delete(leaf)
    expect(store.collect().freed).toBe(1)
  })

  test('are refused if they are not what they say', async () => {
    const blocks = Blockstore.open(memory())
    await expect(blocks.put(leaf, rootBytes)).rejects.toMatchObject({
      name: 'InvalidBlock',
      failure: { _tag: 'InvalidBlock', cid: leaf.toString() },
    })
    const unknown = CID.createV1(0x55, create(0x7777, new Uint8Array(4)))
    await expect(blocks.put(unknown, leafBytes)).rejects.toMatchObject({ name: 'InvalidBlock' })
  })

  test('are checked when a store that does not vouch for them is read', async () => {
    const store = memory()
    await Blockstore.open(store).put(leaf, leafBytes)
    const lies = { ...store, trusted: false, read: () => () => E.right([rootBytes]) }
    await expect(all(Blockstore.open(lies).get(leaf))).rejects.toMatchObject({ name: 'Corrupt' })
  })
})
