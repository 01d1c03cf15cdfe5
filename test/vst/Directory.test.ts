import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { faulty } from '../../laws/store/index.js'
import { globs, takesOf } from '../../laws/vst/directoryOracle.js'
import { onSite } from '../../laws/vst/directoryTrees.js'
import {
  AsyncStore,
  ComponentStore,
  Directory,
  type Failure,
  Fetch,
  MemoryStore,
  State,
  StateReference,
  type Store,
} from '../../src/index.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'
import { selectionOf, type Verdict } from '../../src/vst/internal/directoryGlobs.js'

const referenceTo = <S extends Store.Store>(
  store: S,
  json: unknown = {},
): StateReference.StateReference<S> => {
  const state = State.fromJson(json)
  if (E.isLeft(state)) throw new Error('no state')
  return StateReference.root(ComponentStore.make(store))(state.right)()
}

const jsonOf = (reference: StateReference.StateReference): unknown =>
  StateReference.ask(State.toJson)(reference)()

const noise = (length: number): Buffer => {
  const bytes = Buffer.alloc(length)
  for (let i = 0, x = 1; i < length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0
    bytes[i] = x >>> 24
  }
  return bytes
}

test('globs select what their definition says', () => {
  const name = fc.constantFrom('a', 'b', 'ab', '.a', 'a.ts', 'sub', 'x\ny', '*')
  fc.assert(
    fc.property(globs, fc.array(name, { minLength: 1, maxLength: 4 }), (some, path) => {
      const select = selectionOf(some)
      if (E.isLeft(select)) return false
      let verdict: Verdict = some.include === undefined ? 'within' : 'through'
      path.forEach((_, i) => {
        verdict = select.right(path.slice(0, i + 1).join('/'), verdict)
      })
      return (verdict === 'within') === takesOf(some)(path)
    }),
    { numRuns: 3000 },
  )
})

describe('importFrom', () => {
  test('gives the forms that the table says', () =>
    onSite(async ({ from }) => {
      writeFileSync(`${from}/plain`, 'text')
      writeFileSync(`${from}/run`, '#!', { mode: 0o755 })
      writeFileSync(`${from}/raw`, new Uint8Array([255]))
      mkdirSync(`${from}/private`, { mode: 0o700 })
      symlinkSync('../x', `${from}/way`)
      const reference = referenceTo(MemoryStore.make(), { files: { old: 'gone' }, step: 1 })
      expect(await Directory.importFrom(from, ['files'])(reference)()).toEqual(
        E.right({ files: 3, links: 1, directories: 1, bytes: 7, skipped: 0 }),
      )
      const files = { plain: 'text', run: [0o755, '#!'], raw: new Uint8Array([255]), private: [0o700, {}] }
      expect(jsonOf(reference)).toEqual(E.right({ files: { ...files, way: ['link', '../x'] }, step: 1 }))
      await Directory.importFrom(from, ['files'], { modes: 'executable', include: ['run', 'private'] })(
        reference,
      )()
      expect(jsonOf(reference)).toEqual(E.right({ files: { run: [0o755, '#!'], private: {} }, step: 1 }))
    }))

  test.each<[string, (from: string) => void, Failure.Failure['_tag']]>([
    ['a pipe', (from) => void execFileSync('mkfifo', [`${from}/pipe`]), 'UnsupportedFile'],
    [
      'a name that is not Unicode',
      (from) => writeFileSync(Buffer.concat([Buffer.from(`${from}/x`), Buffer.from([0xff])]), ''),
      'UnsupportedFile',
    ],
    [
      'a link whose target is not Unicode',
      (from) => symlinkSync(Buffer.from([0xff]), `${from}/way`),
      'UnsupportedFile',
    ],
  ])('refuses %s and changes nothing', (_, prepare, tag) =>
    onSite(async ({ from }) => {
      writeFileSync(`${from}/big`, noise(400_000))
      prepare(from)
      const store = MemoryStore.make()
      const reference = referenceTo(store, { step: 1 })
      const before = StateReference.read(reference)()
      const done = await Directory.importFrom(from, ['files'])(reference)()
      expect(done).toMatchObject({ left: { _tag: tag, path: expect.stringContaining(from) } })
      expect(StateReference.read(reference)()).toEqual(before)
      store.collect()
      expect(store.stats()).toMatchObject({ blocks: 0, pins: 0 })
    }),
  )

  test('skips pipes if it is told to', () =>
    onSite(async ({ from }) => {
      execFileSync('mkfifo', [`${from}/pipe`])
      const reference = referenceTo(MemoryStore.make())
      expect(await Directory.importFrom(from, [], { special: 'skip' })(reference)()).toMatchObject({
        right: { files: 0, skipped: 1 },
      })
    }))

  test.each<[string, (from: string) => void]>([
    ['a file that grows', (from) => appendFileSync(`${from}/big`, 'x')],
    ['a file that shrinks', (from) => writeFileSync(`${from}/big`, 'x')],
    ['a file that appears', (from) => writeFileSync(`${from}/new`, 'x')],
  ])('refuses %s while it is read, and leaves nothing behind', (_, change) =>
    onSite(async ({ from }) => {
      writeFileSync(`${from}/big`, noise(2_000_000))
      const memory = MemoryStore.make()
      let calls = 0
      const store: Store.Store = {
        ...memory,
        transact: (wanted) => () => {
          if (++calls === 2) change(from)
          return memory.transact(wanted)()
        },
      }
      const reference = referenceTo(store)
      expect(await Directory.importFrom(from, ['files'])(reference)()).toMatchObject({
        left: { _tag: 'FileChanged', path: expect.stringContaining(from) },
      })
      expect(jsonOf(reference)).toEqual(E.right({}))
      memory.collect()
      expect(memory.stats()).toMatchObject({ blocks: 0, pins: 0 })
    }),
  )

  test('refuses what is no directory, no glob, no place', () =>
    onSite(async ({ from }) => {
      const reference = referenceTo(MemoryStore.make(), { step: 1 })
      const tags = async (directory: string, path: ReadonlyArray<string>, options = {}) =>
        Directory.importFrom(directory, path, options)(reference)()
      writeFileSync(`${from}/file`, '')
      expect(await tags(`${from}/none`, ['x'])).toMatchObject({
        left: { _tag: 'FileFailed', operation: 'open' },
      })
      expect(await tags(`${from}/file`, ['x'])).toMatchObject({ left: { _tag: 'FileFailed' } })
      expect(await tags(from, ['x'], { exclude: ['a', ''] })).toMatchObject({
        left: { _tag: 'InvalidValue', path: ['exclude', 1] },
      })
      expect(await tags(from, ['step', 'x'])).toMatchObject({ left: { _tag: 'InvalidPath' } })
    }))

  test('refuses a directory deeper than a state', () =>
    onSite(async ({ from }) => {
      const deep = `${from}/${'d/'.repeat(257)}`
      mkdirSync(deep, { recursive: true })
      expect(await Directory.importFrom(from, ['x'])(referenceTo(MemoryStore.make()))()).toMatchObject({
        left: { _tag: 'UnsupportedFile' },
      })
    }))

  test('what it stored stays while the reference lives, and goes with it', () =>
    onSite(async ({ from, to }) => {
      writeFileSync(`${from}/big`, noise(2_000_000))
      const store = MemoryStore.make()
      const reference = referenceTo(store)
      await Directory.importFrom(from, ['files'])(reference)()
      store.collect()
      expect(E.isRight(await Directory.materialise(['files'], to)(reference)())).toBe(true)
      expect(readFileSync(`${to}/big`).equals(noise(2_000_000))).toBe(true)
      StateReference.release(reference)()
      ComponentStore.flush(StateReference.components(reference))()
      store.collect()
      expect(store.stats()).toMatchObject({ blocks: 0, pins: 0 })
    }))

  test('a large file and many small ones take little memory, in and out', () =>
    onSite(async ({ from, to, outside }) => {
      writeFileSync(`${from}/large.bin`, noise(20_000_000))
      writeFileSync(`${from}/large.txt`, 'a line of text, ž\n'.repeat(500_000))
      for (let i = 0; i < 60; i++) writeFileSync(`${from}/${i}`, noise(200_000 + i))
      const opened = await LmdbStore.open(`${outside}/store`, { durability: 'none' })()
      if (E.isLeft(opened)) throw new Error('no store')
      const reference = referenceTo(opened.right)
      const held = (): number => {
        globalThis.gc?.()
        // What the first frees, the second takes off the count.
        globalThis.gc?.()
        const { heapUsed, arrayBuffers } = process.memoryUsage()
        return heapUsed + arrayBuffers
      }
      const before = held()
      let most = 0
      const watch = setInterval(() => {
        most = Math.max(most, held() - before)
      }, 100)
      const read = await Directory.importFrom(from, ['files'])(reference)()
      const written = await Directory.materialise(['files'], to)(reference)()
      clearInterval(watch)
      expect(read).toMatchObject({ right: { files: 62 } })
      expect(written).toMatchObject({ right: { written: 62 } })
      // 42 MB of content; 8 MB may pile up, and as much again is being encoded.
      expect(most).toBeLessThan(40_000_000)
      for (const name of ['large.bin', 'large.txt', '7']) {
        expect(readFileSync(`${to}/${name}`).equals(readFileSync(`${from}/${name}`))).toBe(true)
      }
      await opened.right.close()
    }))
})

describe('materialise', () => {
  const run = (json: unknown, to: string, options: Directory.MaterialiseOptions = {}) =>
    Directory.materialise(['files'], to, options)(referenceTo(MemoryStore.make(), { files: json }))()

  test('leaves times and identity of what is equal, and makes the target', () =>
    onSite(async ({ to }) => {
      const target = `${to}/new/one`
      expect(await run({ a: 'one', d: {} }, target)).toEqual(
        E.right({ written: 2, unchanged: 0, removed: 0, bytes: 3 }),
      )
      const place = () => {
        const { ino, mtimeNs, ctimeNs } = statSync(`${target}/a`, { bigint: true })
        return { ino, mtimeNs, ctimeNs }
      }
      const before = place()
      expect(await run({ a: 'one', b: 'two', d: {} }, target, { sync: true })).toEqual(
        E.right({ written: 1, unchanged: 2, removed: 0, bytes: 3 }),
      )
      expect(place()).toEqual(before)
    }))

  test.each<[string, unknown, Failure.Failure['_tag']]>([
    ['a number', { a: 1 }, 'InvalidValue'],
    ['null', { d: { a: null } }, 'InvalidValue'],
    ['a list', { a: ['x', 'y', 'z'] }, 'InvalidValue'],
    ['permissions beyond permissions', { a: [0o4755, 'x'] }, 'InvalidValue'],
    ['permissions twice', { a: [0o755, [0o644, 'x']] }, 'InvalidValue'],
    ['a link to no text', { a: ['link', {}] }, 'InvalidValue'],
    ['a link to nothing', { a: ['link', ''] }, 'UnsafePath'],
    ['a link with NUL', { a: ['link', 'a\0'] }, 'UnsafePath'],
    ['no directory', 'text', 'InvalidPath'],
  ])('refuses %s before anything is written', (_, json, tag) =>
    onSite(async ({ to }) => {
      const files = tag === 'InvalidPath' ? json : { ...(json as object), before: 'x' }
      expect(await run(files, to)).toMatchObject({ left: { _tag: tag } })
      expect(readdirSync(to)).toEqual([])
    }),
  )

  test('what is not taken need not be an entry', () =>
    onSite(async ({ to }) => {
      const reference = referenceTo(MemoryStore.make(), { step: 3, notes: ['x'], files: { 'a.md': 'x' } })
      expect(await Directory.materialise([], to, { include: ['**/*.md'] })(reference)()).toMatchObject({
        right: { written: 2 },
      })
    }))

  test('says what was done when it ends halfway', () =>
    onSite(async ({ to }) => {
      mkdirSync(`${to}/b/inner`, { recursive: true })
      const done = await run({ a: 'x', b: 'a file now' }, to)
      expect(done).toMatchObject({
        left: { _tag: 'Unfinished', written: 1, bytes: 1, cause: { _tag: 'FileFailed', path: `${to}/b` } },
      })
      expect(readdirSync(to)).toEqual(['a', 'b'])
      expect(readdirSync(to)).toEqual(['a', 'b'])
    }))

  test.each(['n'.repeat(256), '∞'.repeat(86)])(
    'refuses a name that is too long before anything is written',
    (name) =>
      onSite(async ({ to }) => {
        const files = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}`, 'x']))
        for (const long of [{ [name]: 'x' }, { d: { [name]: {} } }, { [name]: ['link', 'x'] }]) {
          expect(await run({ ...files, ...long }, `${to}/new/one`)).toMatchObject({
            left: { _tag: 'FileFailed', operation: 'write', cause: { code: 'ENAMETOOLONG' } },
          })
          expect(readdirSync(to)).toEqual([])
        }
        expect(await run({ [name.slice(0, 85)]: 'x' }, to)).toMatchObject({ right: { written: 1 } })
      }),
  )

  test('other work gets its turn', () =>
    onSite(async ({ to }) => {
      let turns = 0
      let isOver = false
      const next = (): void => {
        turns++
        if (!isOver) setImmediate(next)
      }
      setImmediate(next)
      const files = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`${i}`, 'x']))
      expect(await run(files, to)).toMatchObject({ right: { written: 3000 } })
      isOver = true
      expect(turns).toBeGreaterThan(1)
    }))

  test('a store that fails midway leaves the old file', () =>
    onSite(async ({ to }) => {
      const memory = MemoryStore.make()
      const reference = referenceTo(memory, { files: { big: noise(3_000_000) } })
      const committed = StateReference.commit()(reference)()
      if (E.isLeft(committed)) throw new Error('not committed')
      writeFileSync(`${to}/big`, 'old')
      let reads = 0
      const failing = faulty(memory, { read: () => ++reads > 20 })
      const opened = StateReference.open(ComponentStore.make(failing))(committed.right.digest)()
      if (E.isLeft(opened)) throw new Error('not opened')
      expect(await Directory.materialise(['files'], to)(opened.right)()).toMatchObject({
        left: { _tag: 'Unfinished', written: 0, cause: { _tag: 'StoreFailed' } },
      })
      expect(readdirSync(to)).toEqual(['big'])
      expect(readFileSync(`${to}/big`, 'utf8')).toBe('old')
    }))

  test('gives a file other permissions, but not its other names', () =>
    onSite(async ({ to, outside }) => {
      writeFileSync(`${outside}/x`, 'one')
      linkSync(`${outside}/x`, `${to}/x`)
      writeFileSync(`${to}/y`, 'two')
      expect(await run({ x: [0o600, 'one'], y: [0o600, 'two'] }, to)).toMatchObject({ right: { written: 2 } })
      expect([statSync(`${outside}/x`).mode & 0o777, statSync(`${to}/x`).mode & 0o777]).toEqual([
        0o644, 0o600,
      ])
    }))

  test('the target may be a link, and a directory in it that may not be written to is', () =>
    onSite(async ({ to, outside }) => {
      symlinkSync(outside, `${to}/way`)
      mkdirSync(`${outside}/d`)
      chmodSync(`${outside}/d`, 0o555)
      expect(await run({ d: [0o555, { a: 'x' }] }, `${to}/way`)).toMatchObject({ right: { written: 1 } })
      expect(statSync(`${outside}/d`).mode & 0o777).toBe(0o555)
    }))

  test('a part goes out too, whatever its own permissions', () =>
    onSite(async ({ to }) => {
      const reference = referenceTo(MemoryStore.make(), { files: { d: [0o700, { a: 'x' }] } })
      expect(await Directory.materialise(['files', 'd'], `${to}/d`)(reference)()).toMatchObject({
        right: { written: 1, bytes: 1 },
      })
      expect(readFileSync(`${to}/d/a`, 'utf8')).toBe('x')
    }))

  test('a state without a reference goes out too, over an asynchronous store', () =>
    onSite(async ({ to }) => {
      const store = AsyncStore.toAsync(MemoryStore.make())
      const state = Fetch.now(State.set(['d', 'a'], 'x')(State.empty))
      if (state._tag === 'None' || E.isLeft(state.value)) throw new Error('no state')
      expect(await Directory.materialiseState(store)(['d'], to)(state.value.right)()).toMatchObject({
        right: { written: 1, bytes: 1 },
      })
    }))
})
