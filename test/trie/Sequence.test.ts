import { test } from 'vitest'
import { checkAll } from '../../laws/Law.js'
import { bigSequenceLaws, sequenceLaws } from '../../laws/sequence/index.js'
import * as Sequence from '../../src/trie/Sequence.js'

checkAll(sequenceLaws('Sequence', Sequence), test, 40)
checkAll(bigSequenceLaws('Sequence', Sequence), test, 5)
