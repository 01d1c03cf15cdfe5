/** All laws of a state, in one setting; and those of states of which only the digest is known. */
import { type Suite, suite } from '../Law.js'
import { badInputLaws } from './badInput.js'
import type { Opening } from './forgedLaws.js'
import type { Mode } from './settings.js'
import { sharedLaws, stateDiffLaws } from './stateDiff.js'
import { type States, stateModelLaws } from './stateModel.js'
import { stateReadingLaws } from './stateReading.js'

/** `modes` has the settings to run it in. */
export const stateLaws = (name: string, subject: States, mode: Mode): Suite =>
  suite(
    name,
    [],
    stateModelLaws(name, subject, mode),
    stateDiffLaws(name, subject, mode),
    badInputLaws(name, subject, mode),
  )

/** What reading costs, and reading in parts. */
export const openedStateLaws = (name: string, subject: Opening): Suite =>
  suite(name, [], stateReadingLaws(name, subject), sharedLaws(name, subject))
