/** All laws of a sequence in memory. */
import { type Suite, suite } from '../Law.js'
import { sequenceBadInputLaws } from './badInputLaws.js'
import { sequenceCanonicalLaws } from './canonicalLaws.js'
import { sequenceInstanceLaws } from './instanceLaws.js'
import type { Sequences } from './Kind.js'
import { sequenceModelLaws } from './modelLaws.js'

export const sequenceLaws = (name: string, subject: Sequences): Suite =>
  suite(
    name,
    [],
    sequenceModelLaws(name, subject),
    sequenceCanonicalLaws(name, subject),
    sequenceBadInputLaws(name, subject),
    sequenceInstanceLaws(name, subject),
  )
