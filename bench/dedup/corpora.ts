/** The corpora, by name. */
import type { Corpus } from './Corpus.js'
import { edits, releases, versions } from './directories.js'
import { history } from './history.js'

export const corpora = {
  'real versions': () => versions(),
  'made releases': (quick: boolean) => releases(quick ? 10 : 20),
  '100 edits': () => edits(100),
  'message history': () => history(2000),
} as const satisfies { readonly [name: string]: (quick: boolean) => Corpus }

export type CorpusName = keyof typeof corpora
