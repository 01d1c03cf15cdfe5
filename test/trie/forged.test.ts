import { test } from 'vitest'
import { checkAll, run } from '../../laws/Law.js'
import { forgedLaws } from '../../laws/trie/forgedLaws.js'
import * as State from '../../src/trie/State.js'

if (process.env['DEBUGX'])
  test('x', async () => {
    for (const l of forgedLaws('f', State).laws) {
      const d = await run(l, 60)
      if (d.failed)
        console.log(
          l.name,
          JSON.stringify(d.counterexample)?.slice(0, 600),
          String((d as any).errorInstance?.stack ?? d.errorInstance).slice(0, 700),
        )
    }
  })
else checkAll(forgedLaws('forged', State), test, 60)
