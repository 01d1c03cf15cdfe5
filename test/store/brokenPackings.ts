/** Packings that are wrong in one way each: what a right one has made is spoilt afterwards. */

import type { Packing } from '../../src/store/Compact.js'
import {
  isBlock,
  PACKED,
  readBlock,
  Scratch,
  writeBlock,
  writePacked,
} from '../../src/store/internal/lmdb/entry.js'
import * as keys from '../../src/store/internal/lmdb/keys.js'
import { unpacked } from '../../src/store/internal/lmdb/packs.js'
import type { Tables } from '../../src/store/internal/lmdb/tables.js'
import { inside, type LmdbStore } from '../../src/store/LmdbStore.js'

export const defects = [
  'forgets the packs',
  'is a byte off',
  'forgets what a block links to',
  'packs nothing',
  'keeps packs for ever',
  'names its packs anew each time',
] as const
export type Defect = (typeof defects)[number]

const eachPacked = (
  { journal }: Tables,
  change: (number: number, block: ReturnType<typeof readBlock>, scratch: Scratch) => void,
): void => {
  const scratch = new Scratch()
  for (const { key, value } of [...journal.getRange(keys.everyNumber())]) {
    if (!isBlock(value) || value[0] !== PACKED) continue
    change(key, readBlock(key, value, value.length), scratch)
    journal.putSync(key, scratch.bytes.slice(0, scratch.length))
  }
}

let generation = 0

export const spoil = (defect: Defect, store: LmdbStore, packing: Packing): void => {
  const { tables } = inside(store).disk
  const { packs } = tables
  switch (defect) {
    case 'forgets the packs':
      for (const pack of [...packs.getKeys(keys.everyNumber())]) packs.removeSync(pack)
      break
    case 'is a byte off':
      eachPacked(tables, (number, block, scratch) =>
        writePacked(scratch, number, block, { ...block.place!, from: block.place!.from + 1 }),
      )
      break
    case 'forgets what a block links to':
      eachPacked(tables, (number, block, scratch) =>
        writePacked(scratch, number, { numbers: [], links: 0 }, block.place!),
      )
      break
    case 'packs nothing':
      eachPacked(tables, (number, block, scratch) =>
        writeBlock(
          scratch,
          number,
          [...block.numbers],
          0,
          block.links,
          Uint8Array.from(unpacked(tables, block.place!)),
        ),
      )
      break
    case 'keeps packs for ever':
      if (packing === 'none') packs.putSync(1000, new Uint8Array(4))
      break
    case 'names its packs anew each time': {
      const from = 1000 * ++generation
      const all = [...packs.getRange(keys.everyNumber())]
      for (const { key, value } of all) {
        packs.removeSync(key)
        packs.putSync(from + key, Uint8Array.from(value))
      }
      eachPacked(tables, (number, block, scratch) =>
        writePacked(scratch, number, block, { ...block.place!, pack: from + block.place!.pack }),
      )
      break
    }
  }
}
