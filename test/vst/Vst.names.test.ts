import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { get } from '../../laws/branch/Subject.js'
import { ComponentStore, State, Vst } from '../../src/index.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'

/** As long as the store takes them, in each of the widths of UTF-8, and half a character. */
const names = ['x', 'é', '語', '🌲', '\ud800'].map((of) => of.repeat(988 / of.length))

test('whatever its name, a head can be moved and taken away, and that undone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'vst-names-'))
  const opened = await LmdbStore.open(directory, { durability: 'none' })()
  const store = get(() => opened)
  try {
    const vst = Vst.make(ComponentStore.make(store))()
    const first = get(Vst.withHead('main', State.set(['n'], 1))(vst)).checkpoint
    const second = get(Vst.withHead('main', State.set(['n'], 2))(vst)).checkpoint
    for (const name of names) {
      const heads = () => get(Vst.list('')(vst)).filter(([other]) => other !== 'main')
      get(Vst.create(name, first)(vst))
      get(Vst.move(name, first, second)(vst))
      get(Vst.remove(name)(vst))
      expect(heads()).toEqual([])
      get(Vst.undo(vst))
      expect(heads()).toEqual([[name, second]])
      get(Vst.undo(vst))
      expect(heads()).toEqual([[name, first]])
      get(Vst.redo(vst))
      expect(heads()).toEqual([[name, second]])
      const other = Vst.make(ComponentStore.make(store))()
      const [last] = get(Vst.log({ count: 1 })(other))
      expect(get(Vst.asOf({ operation: last!.digest })(other)).heads).toContainEqual([name, second])
      get(Vst.remove(name)(other))
    }
    get(Vst.expire()(vst))
    expect(get(store.heads('.kept/'))).toEqual([])
  } finally {
    await store.close()
    await rm(directory, { recursive: true })
  }
})
