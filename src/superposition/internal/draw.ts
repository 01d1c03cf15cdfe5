/** Draws from weighted outcomes by exact inversion: an integer below the sum of integers in the weights' proportion. */
import { below, type Chance } from '../Chance.js'
import { integers, type Weight } from './rational.js'

/** Answers indices, each as often as its weight says; the weights are not all zero. O(n), then O(log n) a draw. */
export const drawing = (weights: ReadonlyArray<Weight>): ((chance: Chance) => number) => {
  let total = 0n
  const upTo = integers(weights).map((n) => (total += n))
  return (chance) => {
    const drawn = below(total)(chance)()
    let [low, high] = [0, upTo.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (upTo[middle]! > drawn) high = middle
      else low = middle + 1
    }
    return low
  }
}
