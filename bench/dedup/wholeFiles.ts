/** What a store needs that keeps each distinct file content once, as a whole. */
import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import type { Corpus } from './Corpus.js'

/** Compressing every version of a long history would take longer than all else. */
const MOST_DEFLATED = 3e7

export interface WholeFiles {
  readonly bytes: number
  readonly deflated: number | null
}

export const wholeFiles = ({ files, steps }: Corpus): WholeFiles => {
  const seen = new Map<string, Buffer>()
  let bytes = 0
  for (const changes of [files, ...steps.map((step) => step.changes)]) {
    for (const content of changes.values()) {
      if (content === null) continue
      const own = Buffer.from(content)
      const key = createHash('sha256').update(own).digest('hex')
      if (seen.has(key)) continue
      seen.set(key, own)
      bytes += own.length
    }
  }
  const deflated =
    bytes > MOST_DEFLATED
      ? null
      : [...seen.values()].reduce((sum, own) => sum + deflateRawSync(own).length, 0)
  return { bytes, deflated }
}
