import { test } from 'vitest'
import { checkAll, run } from '../../laws/Law.js'
import { deepFetchLaws } from '../../laws/trie/deepFetchLaws.js'
import { fetchLaws } from '../../laws/trie/fetchLaws.js'
import * as Fetch from '../../src/trie/Fetch.js'

if (process.env['DEBUGX'])
  test('x', async () => {
    for (const l of [...fetchLaws('f', Fetch).laws, ...deepFetchLaws('d', Fetch).laws]) {
      const t0 = Date.now()
      const d = await run(l, l.name.includes('chain') ? 1 : 200)
      console.log(
        l.name,
        Date.now() - t0,
        d.failed
          ? JSON.stringify(d.counterexample)?.slice(0, 400) +
              String((d as any).errorInstance?.message ?? d.errorInstance).slice(0, 300)
          : 'ok',
      )
    }
  })
else {
  checkAll(fetchLaws('Fetch', Fetch), test)
  checkAll(deepFetchLaws('Fetch', Fetch), test, 1)
}
