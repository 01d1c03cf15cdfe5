/** Broken sources of chance, for their laws to reject. */
import * as Chance from '../../src/superposition/Chance.js'
import type { Chances } from './chanceLaws.js'

const wrong = (parts: object): Chances => ({ ...Chance, ...parts })

/** @category zoo */
export const chances: Readonly<Record<string, Chances>> = {
  'takes a remainder': wrong({
    below: (bound: bigint) => (chance: Chance.Chance) => () =>
      Chance.bits(bound.toString(2).length)(chance)() % bound,
  }),
  'takes what is beyond the bound': wrong({
    below: (bound: bigint) => Chance.bits(bound.toString(2).length),
  }),
  'has one seed': wrong({ make: () => Chance.make('') }),
  'reads the clock': wrong({ make: (seed: string) => Chance.make(`${seed}${performance.now()}`) }),
  'starts each piece at a new block': wrong({
    bits: (n: number) => (chance: Chance.Chance) => () => {
      const drawn = Chance.bits(n)(chance)()
      Chance.bits(256 - (n % 256))(chance)()
      return drawn
    },
  }),
}
