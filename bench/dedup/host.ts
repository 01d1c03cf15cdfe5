/** The process that stores one corpus, with the chunk sizes of its own that it is asked to try. */
import { serve } from '../../src/cli/job/child.js'
import { CHUNK, FANOUT } from '../../src/trie/internal/chunker.js'
import { corpora } from './corpora.js'
import { gitBytes } from './git.js'
import { type Question, type Stored, stored } from './stored.js'
import { wholeFiles } from './wholeFiles.js'

const bounds = (average: number, spread: number) => ({
  min: average / spread,
  average,
  max: average * spread,
  hard: Math.log2(average) + 1,
  easy: Math.log2(average) - 2,
})

serve(async ({ corpus: name, quick, chunk, fanout }: Question): Promise<Stored> => {
  // Constants for everybody else; nothing was cut yet in this process.
  if (chunk !== undefined) Object.assign(CHUNK, bounds(chunk, 4))
  if (fanout !== undefined)
    Object.assign(FANOUT, {
      ...bounds(fanout, 4),
      min: fanout / 8,
      hard: Math.log2(fanout) + 2,
      easy: Math.log2(fanout) - 1,
    })
  const corpus = corpora[name](quick)
  const alone = chunk === undefined && fanout === undefined
  return {
    ...(await stored(corpus)),
    ...(alone ? { git: gitBytes(corpus), whole: wholeFiles(corpus) } : {}),
  }
})
