import { test } from 'vitest'
import { checkAll, run } from '../../laws/Law.js'
import { badInputLaws } from '../../laws/trie/badInput.js'
import { modes } from '../../laws/trie/settings.js'
import { sharedLaws, stateDiffLaws } from '../../laws/trie/stateDiff.js'
import { stateModelLaws } from '../../laws/trie/stateModel.js'
import { stateReadingLaws } from '../../laws/trie/stateReading.js'
import * as State from '../../src/trie/State.js'

if (process.env['DEBUGX'])
  test('x', async () => {
    for (const l of [
      ...stateReadingLaws('r', State).laws,
      ...sharedLaws('r', State).laws,
      ...Object.entries(modes).flatMap(([name, mode]) => [
        ...stateDiffLaws(name, State, mode).laws,
        ...badInputLaws(name, State, mode).laws,
      ]),
    ]) {
      const t0 = Date.now()
      const d = await run(l, 40)
      console.log(
        l.name,
        Date.now() - t0,
        d.failed
          ? JSON.stringify(d.counterexample)?.slice(0, 400) +
              String((d as any).errorInstance?.message ?? d.errorInstance).slice(0, 500)
          : 'ok',
      )
    }
  })
else
  for (const [name, mode] of Object.entries(modes))
    checkAll(stateModelLaws(`State ${name}`, State, mode), test, 40)
