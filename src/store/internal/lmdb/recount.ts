/** The counts of a store on disk from what is there now, and not from how it came to be. */
import type { Ledger } from '../../Ledger.js'
import { Tally } from '../tally.js'
import { isBlock, readBlock } from './entry.js'
import * as keys from './keys.js'
import type { Tables } from './tables.js'

/** O(blocks + links + heads + pins). */
export const recount = ({ journal, roots }: Tables): Ledger => {
  const tally = new Tally()
  for (const number of journal.getKeys(keys.everyNumber())) {
    const entry = journal.getBinaryFast(number)
    if (entry === undefined || !isBlock(entry)) continue
    const { numbers, links } = readBlock(number, entry, entry.length)
    const held = roots.doesExist(keys.cut(number)) ? links : numbers.length
    for (let i = 0; i < held; i++) tally.add(numbers[i]!, 1)
  }
  for (const { value } of roots.getRange(keys.heads())) tally.add(keys.readNumber(value, 32), 1)
  for (const { key, value } of roots.getRange(keys.pins()))
    tally.add(keys.pinned(key), keys.readNumber(value, 0))
  return tally.freeze()
}
