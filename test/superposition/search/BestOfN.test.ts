import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, test } from 'vitest'
import * as StateReference from '../../../src/branch/StateReference.js'
import * as Manager from '../../../src/superposition/Manager.js'
import * as Measure from '../../../src/superposition/Measure.js'
import { bestOfN } from '../../../src/superposition/search/BestOfN.js'
import * as State from '../../../src/trie/State.js'
import { charm, right, type Slow, text, textState, worldOf } from './world.js'

const inTurn = (texts: ReadonlyArray<string>, score: (of: string) => number) => {
  let made = 0
  return {
    expand: () => TE.of([{ label: 'made', apply: State.set(['text'], texts[made++]!) }]),
    score: (reference: StateReference.StateReference<Slow>) => TE.map(score)(text(reference)),
  }
}

describe('best of N', () => {
  test.each([1, 2, 7, 30, 101])('is the best of %i', async (n) => {
    const texts = Array.from({ length: n }, (_, i) => `${n}: ${i}`)
    const { manager, root } = worldOf(textState('none'))
    const found = right(await bestOfN('s', n, inTurn(texts, charm))(root)(manager)())
    const best = texts.reduce((a, b) => (charm(b) > charm(a) ? b : a))
    expect(right(await text(found)())).toBe(best)
    expect(Measure.size(right(Manager.measure('s')(manager)()))).toBe(1)
    expect(right(await text(root)())).toBe('none')
  })

  test('is the first of equal ones', async () => {
    const texts = Array.from({ length: 12 }, (_, i) => String(i))
    const { manager, root } = worldOf(textState(''))
    const found = right(
      await bestOfN(
        's',
        12,
        inTurn(texts, () => 0.5),
      )(root)(manager)(),
    )
    expect(right(await text(found)())).toBe('0')
  })

  test('counts an end as an attempt', async () => {
    const { manager, root } = worldOf(textState('end'))
    const ended = { expand: () => TE.of([]), score: () => TE.of(1) }
    expect(right(await text(right(await bestOfN<Slow, never>('s', 3, ended)(root)(manager)()))())).toBe('end')
  })

  test.each([
    [0, 1, 'InvalidKernel'],
    [-1, 1, 'InvalidKernel'],
    [Number.NaN, 1, 'InvalidKernel'],
    [3, Number.NaN, 'InvalidWeight'],
    [3, -1, 'InvalidWeight'],
    [3, 0, 'ZeroEvidence'],
  ])('of %d with a score of %d fails by name, and leaves no branch behind', async (n, score, tag) => {
    const { manager, root } = worldOf(textState(''))
    const found = await bestOfN(
      's',
      n,
      inTurn(['a', 'b', 'c'], () => score),
    )(root)(manager)()
    expect(E.isLeft(found) && found.left).toMatchObject({ _tag: tag })
    const measure = Manager.measure('s')(manager)()
    const held = E.isRight(measure) ? Measure.size(measure.right) : 0
    const waiting = tag === 'ZeroEvidence' ? 2 : 0
    expect(StateReference.live(root)()).toBe(1 + held + waiting)
  })
})
