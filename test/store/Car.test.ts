import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CarReader, CarWriter } from '@ipld/car'
import * as dagCbor from '@ipld/dag-cbor'
import { blake3 } from '@noble/hashes/blake3.js'
import * as E from 'fp-ts/lib/Either.js'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, test } from 'vitest'
import { checkAll } from '../../laws/Law.js'
import { carLaws } from '../../laws/store/carLaws.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import { explain } from '../../src/data/explain.js'
import { missing } from '../../src/data/Failure.js'
import * as Car from '../../src/store/Car.js'
import { linksOf } from '../../src/store/internal/links.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Staging from '../../src/store/Staging.js'
import type { Store } from '../../src/store/Store.js'
import * as State from '../../src/trie/State.js'
import * as Checkpoint from '../../src/vst/Checkpoint.js'

checkAll(carLaws('Car', Car), test)

const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isLeft(answer)) throw new Error(`refused: ${JSON.stringify(answer.left)}`)
  return answer.right
}
const block = (value: unknown): readonly [CID, Uint8Array] => {
  const bytes = dagCbor.encode(value)
  return [CID.createV1(dagCbor.code, create(0x1e, blake3(bytes))), bytes]
}
const digest = (cid: CID): Digest => Car.digestOf(cid)!
const packed = async (
  roots: ReadonlyArray<CID>,
  blocks: ReadonlyArray<readonly [CID, Uint8Array]>,
): Promise<Uint8Array> => {
  const { writer, out } = CarWriter.create([...roots])
  const written = (async () => {
    for (const [cid, bytes] of blocks) await writer.put({ cid, bytes })
    await writer.close()
  })()
  const parts: Array<Uint8Array> = []
  for await (const part of out) parts.push(part)
  await written
  return new Uint8Array(Buffer.concat(parts))
}
const exported = async (
  store: Store,
  roots: ReadonlyArray<Digest>,
  options?: Car.ExportOptions,
): Promise<Uint8Array> => {
  const parts: Array<Uint8Array> = []
  right(await Car.write(roots, (bytes) => parts.push(bytes), options)(store)())
  return new Uint8Array(Buffer.concat(parts))
}
const memory = (): MemoryStore.MemoryStore & { readonly staging: Staging.Staging } => ({
  ...MemoryStore.make(),
  staging: Staging.memory(),
})

/** A store with two checkpoints of a state of many blocks. */
const agent = (): { store: MemoryStore.MemoryStore; first: Digest; second: Digest; state: Digest } => {
  const store = MemoryStore.make()
  const reference = StateReference.root(ComponentStore.make(store))(State.empty)()
  const words = Array.from({ length: 3000 }, (_, i) => `word ${i}`)
  right(StateReference.update(State.set(['words'], words))(reference)())
  const first = right(Checkpoint.commit({ head: 'main' })(reference)())
  right(StateReference.update(State.set(['step'], 1))(reference)())
  const second = right(Checkpoint.commit({ head: 'main' })(reference)())
  return { store, first: first.checkpoint, second: second.checkpoint, state: second.state }
}

describe('with the tools of others', () => {
  test('a CAR of ours opens in @ipld/car and @ipld/dag-cbor alone', async () => {
    const { store, second } = agent()
    const reader = await CarReader.fromBytes(await exported(store, [second]))
    const [root] = await reader.getRoots()
    expect(root!.toString()).toBe(Car.cidOf(second).toString())
    const met = new Set<string>()
    const walk = async (cid: CID): Promise<void> => {
      if (met.has(cid.toString())) return
      met.add(cid.toString())
      const { bytes } = (await reader.get(cid))!
      expect(blake3(bytes)).toEqual(cid.multihash.digest)
      const links: Array<CID> = []
      const look = (value: unknown): void => {
        const link = CID.asCID(value)
        if (link !== null) links.push(link)
        else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look)
      }
      look(dagCbor.decode(bytes))
      for (const link of links) await walk(link)
    }
    await walk(root!)
    let blocks = 0
    for await (const _ of reader.blocks()) blocks++
    expect(met.size).toBe(blocks)
    expect(blocks).toBe(store.stats().blocks)
  })

  test('blocks of other codecs and hashes are staged, checked', async () => {
    const bytes = new TextEncoder().encode('raw')
    const raw = CID.createV1(0x55, await sha256.digest(bytes))
    const old = CID.createV0(await sha256.digest(bytes))
    const [ours, ourBytes] = block({ raw })
    const blocks = [
      [raw, bytes],
      [old, bytes],
      [ours, ourBytes],
    ] as const
    const store = memory()
    const imported = right(await Car.read([await packed([raw, ours], blocks)])(store)())
    expect(imported).toMatchObject({
      roots: [],
      missing: [ours.toString()],
      added: 0,
      waiting: 0,
      foreign: 3,
    })
    expect(right(store.staging.staged(blocks.map(([cid]) => cid.bytes))())).toEqual(
      blocks.map(([, each]) => each),
    )
    const wrong = await Car.read([await packed([], [[raw, ourBytes]])])(store)()
    expect(wrong).toMatchObject({ left: { _tag: 'InvalidBlock', cid: raw.toString() } })
  })

  test('a block by an unknown hash is refused, unless the hash is given', async () => {
    const bytes = new Uint8Array([5])
    const cid = CID.createV1(0x55, create(0x7777, bytes))
    const car = await packed([cid], [[cid, bytes]])
    expect(await Car.read([car])(memory())()).toMatchObject({
      left: { _tag: 'InvalidBlock', cid: cid.toString() },
    })
    const echo = { code: 0x7777, name: 'echo', digest: (given: Uint8Array) => create(0x7777, given) } as never
    expect(right(await Car.read([car], { hashers: [echo] })(memory())())).toMatchObject({
      foreign: 1,
      missing: [],
    })
  })

  test('a CAR of version 2 is read', async () => {
    const [cid, bytes] = block('leaf')
    const inner = await packed([cid], [[cid, bytes]])
    const fixed = new DataView(new ArrayBuffer(40))
    fixed.setBigUint64(16, 60n, true)
    fixed.setBigUint64(24, BigInt(inner.length), true)
    const pragma = Uint8Array.from([0x0a, 0xa1, 0x67, ...new TextEncoder().encode('version'), 0x02])
    const car = Buffer.concat([
      pragma,
      new Uint8Array(fixed.buffer),
      new Uint8Array(9),
      inner,
      new Uint8Array(30),
    ])
    const store = memory()
    expect(right(await Car.read([car])(store)()).roots).toEqual([digest(cid)])
    const bytewise = [...car].map((byte) => Uint8Array.of(byte))
    expect(right(await Car.read(bytewise)(memory())()).roots).toEqual([digest(cid)])
  })
})

describe('what is refused', async () => {
  const [leaf, leafBytes] = block('leaf')
  const [root, rootBytes] = block({ leaf, padding: new Uint8Array(300) })
  const car = await packed(
    [root],
    [
      [leaf, leafBytes],
      [root, rootBytes],
    ],
  )
  const header = (await packed([root], [])).length
  const second = header + 1 + 36 + leafBytes.length
  const at = (offset: number, ...bytes: ReadonlyArray<number>): Uint8Array => {
    const changed = car.slice()
    changed.set(bytes, offset)
    return changed
  }
  test.each([
    ['nothing', new Uint8Array(0), 0],
    ['a header of no length', at(0, 0), 0],
    ['a header that is none', at(1, 0xff), 0],
    ['a header that ends too early', car.slice(0, 20), 0],
    ['a header that claims too much', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f, 1), 0],
    ['a section of no length', at(header, 0), header],
    ['a section shorter than its CID', at(header, 5), header],
    ['a section without end', car.slice(0, -1), second],
    ['a section of which nothing is there but its length', car.slice(0, second + 2), second],
    ['half a length', car.slice(0, second + 1), second],
    ['a section that claims more than is allowed', at(second, 0xff, 0xff, 0xff, 0xff, 0x7f), second],
    ['a CID of another version', at(header + 1, 7), header],
  ])('%s', async (_, bytes, offset) => {
    const store = memory()
    const imported = await Car.read([bytes])(store)()
    expect(imported).toMatchObject({ left: { _tag: 'Malformed', offset } })
    expect(explain((imported as E.Left<Car.ImportFailure>).left)).toContain(String(offset))
    expect([store.collect().freed, store.stats()]).toMatchObject([0, { pins: 0, blocks: 0 }])
    expect(right(store.staging.list(null, 9)())).toEqual([])
  })

  test('a block larger than is allowed', async () => {
    const imported = await Car.read([car], { maxBlock: 200 })(memory())()
    expect(imported).toMatchObject({ left: { _tag: 'Malformed', offset: second } })
  })

  test('a source that throws, or brings something else', async () => {
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield car.subarray(0, 70)
      throw new Error('the line is dead')
    }
    expect(await Car.read(source())(memory())()).toMatchObject({ left: { _tag: 'StoreFailed' } })
    expect(await Car.read(['text'] as never)(memory())()).toMatchObject({ left: { _tag: 'StoreFailed' } })
  })

  test('a sink that throws; a root that is not there', async () => {
    const { store, second } = agent()
    const sink = (): never => {
      throw new Error('no room')
    }
    expect(await Car.write([second], sink)(store)()).toMatchObject({ left: { _tag: 'StoreFailed' } })
    expect(await Car.write([digest(leaf)], () => {})(store)()).toEqual(E.left(missing(digest(leaf))))
  })

  test('whatever is garbled', async () => {
    for (let offset = 0; offset < car.length; offset++)
      for (const byte of [0x00, 0x7f, 0x80, 0xff]) {
        const store = memory()
        const imported = await Car.read([at(offset, byte)])(store)()
        if (E.isLeft(imported)) expect(right(store.staging.list(null, 9)())).toEqual([])
        else if (imported.right.missing.length === 0 && imported.right.roots.length > 0)
          expect(right(store.read([digest(root)])())).toEqual([rootBytes])
      }
  })
})

describe('history', () => {
  test('the parents of a checkpoint are known from its bytes', () => {
    const { store, first, second, state } = agent()
    const [bytes] = right(store.read([second])())
    expect(linksOf(bytes!)).toEqual({ links: [state], parents: [first] })
  })

  test('may be left out, and may end there', async () => {
    const { store, second } = agent()
    const car = await exported(store, [second], { history: false })
    const there = memory()
    expect(right(await Car.read([car])(there)())).toMatchObject({
      missing: [Car.cidOf(second).toString()],
      waiting: 1,
    })
    const imported = right(await Car.read([car], { shallow: true })(there)())
    expect(imported).toMatchObject({ roots: [second], missing: [], waiting: 0, ended: 1 })
    expect(right(there.staging.list(null, 9)())).toEqual([])
    const again = ComponentStore.make(there)
    expect(E.isRight(Checkpoint.restore(again)(second)())).toBe(true)
  })

  test('that comes along may be cut as it could be before', async () => {
    const { store, first, second } = agent()
    const there = memory()
    right(
      await Car.read([await exported(store, [second])], {
        keep: () => ({ heads: [{ name: 'main', expect: null, next: second }] }),
      })(there)(),
    )
    expect(there.collect().freed).toBe(0)
    expect(right(there.heads('')())).toEqual([['main', second]])
    right(there.transact({ cuts: [second] })())
    there.collect()
    expect(right(there.read([first, second])()).map((bytes) => bytes !== undefined)).toEqual([false, true])
  })
})

test('a long chain goes out and in, in either order', async () => {
  const blocks = [block(0)]
  for (let i = 1; i < 20_000; i++) blocks.push(block([i, blocks[i - 1]![0]]))
  const top = blocks.at(-1)![0]
  const store = memory()
  const reversed = await packed([top], blocks.slice().reverse())
  expect(right(await Car.read([reversed])(store)())).toMatchObject({ added: blocks.length, waiting: 0 })
  expect(store.stats().pins).toBe(1)
  const car = await exported(store, [digest(top)])
  expect(right(await Car.read([car])(store)())).toMatchObject({ added: 0, known: blocks.length })
})

test('large blocks that wait for those below are read again', async () => {
  const blocks = [block([new Uint8Array(2 ** 20)])]
  for (let i = 1; i < 24; i++) blocks.push(block([new Uint8Array(2 ** 20).fill(i), blocks[i - 1]![0]]))
  const top = blocks.at(-1)![0]
  const store = memory()
  right(await Car.read([await packed([top], blocks)])(store)())
  let reads = 0
  const counting: Store = {
    ...store,
    read: (digests) => {
      reads += digests.length
      return store.read(digests)
    },
  }
  const exported = right(await Car.write([digest(top)], () => {})(counting)())
  expect(exported.blocks).toBe(24)
  expect(reads).toBeGreaterThan(24)
  expect(reads).toBeLessThan(48)
})

describe('over an LmdbStore', () => {
  const within = async (use: (open: () => Promise<LmdbStore.LmdbStore>) => Promise<void>): Promise<void> => {
    const directory = mkdtempSync(join(tmpdir(), 'coppice-'))
    await use(async () => right(await LmdbStore.open(directory, { durability: 'none' })()))
    rmSync(directory, { recursive: true })
  }
  const names = (store: LmdbStore.LmdbStore): ReadonlyArray<string> =>
    [...store.blocks()].map((listed) => right(listed)[0]).sort()

  test.each(['its synchronous side', 'its asynchronous side'])('%s: out and in', (side) =>
    within(async (open) => {
      const { store, second } = agent()
      const car = await exported(store, [second])
      const there = await open()
      const target = side === 'its synchronous side' ? there : there.async
      const imported = right(await Car.read([car])(target)())
      expect(imported).toMatchObject({ roots: [second], missing: [], added: store.stats().blocks })
      expect(names(there)).toEqual([...store.blocks()].map((listed) => right(listed)[0]).sort())
      expect(right(there.stats()).pins).toBe(1)
      const parts: Array<Uint8Array> = []
      for await (const part of Car.chunks([second])(target)) parts.push(right(part))
      expect(new Uint8Array(Buffer.concat(parts))).toEqual(car)
      expect(right(there.collect()).freed).toBe(0)
      await there.close()
    }),
  )

  test('what waits is completed by another process', () =>
    within(async (open) => {
      const [leaf, leafBytes] = block('leaf')
      const [root, rootBytes] = block({ leaf })
      const before = await open()
      expect(right(await Car.read([await packed([root], [[root, rootBytes]])])(before)())).toMatchObject({
        missing: [root.toString()],
        waiting: 1,
      })
      await before.close()
      const after = await open()
      const imported = await Car.read([await packed([root], [[leaf, leafBytes]])])(after)()
      expect(right(imported)).toMatchObject({ roots: [digest(root)], added: 2, waiting: 0 })
      expect(right(after.staging.list(null, 9)())).toEqual([])
      await after.close()
    }))
})
