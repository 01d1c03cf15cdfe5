/** All laws of a map. */
import { type Suite, suite } from '../Law.js'
import { hamtCanonicalLaws } from './hamtCanonical.js'
import { hamtDiffLaws } from './hamtDiff.js'
import { hamtInstanceLaws, type Instances } from './hamtInstances.js'
import { hamtInteropLaws, type Interop } from './hamtInterop.js'
import { hamtModelLaws } from './hamtModel.js'
import type { Hamts } from './maps.js'

export const hamtLaws = (name: string, subject: Hamts & Interop & Instances): Suite =>
  suite(
    name,
    [],
    hamtModelLaws(name, subject),
    hamtCanonicalLaws(name, subject),
    hamtDiffLaws(name, subject),
    hamtInstanceLaws(name, subject),
    hamtInteropLaws(name, subject),
  )
