/** Broken queues, each of which some law rejects. */
import * as sound from '../../src/materialize/Queue.js'
import type { Queues } from './queueLaws.js'

const { make, push, take, reweigh, cancel, size } = sound
const base: Queues = { make, push, take, reweigh, cancel, size }

export const brokenQueues: Readonly<Record<string, Queues>> = {
  'takes what came first': {
    ...base,
    push: (key, rank) => base.push(key, { ...rank, probability: 1, size: 0 }),
  },
  'lets the unlikely wait for ever': { ...base, make: () => base.make({ patience: 2 ** 40 }) },
  'prefers the large': { ...base, push: (key, rank) => base.push(key, { ...rank, size: 100 - rank.size }) },
  'does not follow weights': { ...base, reweigh: () => (queue) => () => size(queue)() < 0 },
  'takes what was cancelled': { ...base, cancel: () => () => () => true },
  'makes what is pushed again young': {
    ...base,
    push: (key, rank) => (queue) => () => {
      base.cancel(key)(queue)()
      base.push(key, rank)(queue)()
    },
  },
  'loses what it takes in the turn of the oldest': {
    ...base,
    make: () => base.make({ patience: 3 }),
    take: (queue) => () => {
      const key = base.take(queue)()
      return size(queue)() % 5 === 3 ? base.take(queue)() : key
    },
  },
}
