/** The process that a part of the bench runs in. */
import { serve } from '../../src/cli/job/child.js'
import { Hasher } from '../../src/index.js'
import { commits } from './commits.js'
import type { Figure } from './Figure.js'
import { large, opening } from './opening.js'
import { pages } from './pages.js'
import { reads } from './reads.js'
import { writers } from './writers.js'

export type Question =
  | { readonly about: 'commits'; readonly scale: number }
  | { readonly about: 'writers'; readonly commits: number }
  | { readonly about: 'reads'; readonly n: number }
  | { readonly about: 'pages' }
  | { readonly about: 'large'; readonly n: number }
  | { readonly about: 'opening'; readonly directory: string; readonly n: number; readonly metric: string }

const answer = (question: Question): Promise<ReadonlyArray<Figure>> => {
  switch (question.about) {
    case 'commits':
      return commits(question.scale)
    case 'writers':
      return writers(question.commits)
    case 'reads':
      return reads(question.n)
    case 'pages':
      return pages()
    case 'large':
      return large(question.n)
    case 'opening':
      return opening(question.directory, question.n, question.metric)
  }
}

serve(async (question: Question): Promise<ReadonlyArray<Figure>> => {
  await Hasher.ready()
  return answer(question)
})
