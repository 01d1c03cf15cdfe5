import { test } from 'vitest'
import { checkAll } from '../../laws/Law.js'
import { hamtCanonicalLaws } from '../../laws/trie/hamtCanonical.js'
import { hamtDiffLaws } from '../../laws/trie/hamtDiff.js'
import { hamtModelLaws } from '../../laws/trie/hamtModel.js'
import * as Hamt from '../../src/trie/Hamt.js'

checkAll(hamtModelLaws('Hamt', Hamt), test)
checkAll(hamtCanonicalLaws('Hamt', Hamt), test)
checkAll(hamtDiffLaws('Hamt', Hamt), test)
