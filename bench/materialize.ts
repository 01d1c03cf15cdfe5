/** What objects cost that are built from components: one, many at once, one brought forward; and what is found again. */
import { Hasher } from '../src/index.js'
import type { Bench, Row } from './Bench.js'
import { agents } from './materialize/agents.js'
import { components } from './materialize/components.js'
import { delta } from './materialize/delta.js'
import { policies } from './materialize/policies.js'
import { DISK_VERIFIED, VERIFIED } from './materialize/stage.js'

const NAME = 'materialize'

export const bench: Bench = {
  name: NAME,
  question: 'What does an object cost that is built from a component, or from another object?',
  notes: [
    'Components: n bytes, from the digest to the frozen object, wall time; cold: nothing of it is in memory. verified: each block',
    'is hashed when it is read. JSON.parse has the text in memory. n = 850 agents with objects of 32 KiB, in the median.',
    'One line changed: by the patch, use of the object included (for the index a search), against built anew; n in bytes. Where a',
    'delta turns out no cheaper than a build (a text of some ten KB), most are builds.',
    'Misses: of all requests, in a cache of n % of all bytes; GDSF is ours without probabilities. Belády knows the future. Traces',
    'are recorded in this run, with sizes and the times of real builds: `Search.beam` over files and indices of a workspace,',
    '`Search.Mcts` over solutions of boards, and files that the agents of the main job read. made: by chance alone.',
  ],
  yardsticks: ['Belády', VERIFIED, DISK_VERIFIED],
  run: async ({ quick }, report) => {
    await Hasher.ready()
    const row = (each: Omit<Row, 'bench'>): void => report({ bench: NAME, ...each })
    await components(quick, row)
    await agents(quick, row)
    delta(quick, row)
    await policies(quick, row)
  },
}
