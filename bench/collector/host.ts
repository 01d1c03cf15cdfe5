/** The process that a part of the bench runs in. */
import { serve } from '../../src/cli/job/child.js'
import { Hasher } from '../../src/index.js'
import type { Figure } from '../store/Figure.js'
import { garbage } from './garbage.js'
import { type Mode, traced } from './traces.js'

export type Question =
  | { readonly about: 'trace'; readonly mode: Mode; readonly share: number; readonly commits: number }
  | { readonly about: 'garbage'; readonly n: number }

serve(async (question: Question): Promise<ReadonlyArray<Figure>> => {
  await Hasher.ready()
  switch (question.about) {
    case 'trace':
      return traced(question.mode, question.share, question.commits)
    case 'garbage':
      return garbage(question.n)
  }
})
