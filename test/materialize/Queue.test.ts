import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenQueues } from '../../laws/materialize/brokenQueues.js'
import { queueLaws } from '../../laws/materialize/queueLaws.js'
import { Queue } from '../../src/index.js'

checkAll(queueLaws('Queue', Queue), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(brokenQueues))('a queue that %s is rejected', async (_, queues) => {
    const names = await rejected(queueLaws('broken', queues))
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })
  test('each law rejects some queue', () => {
    const laws = queueLaws('broken', Queue).laws.map(({ name }) => name)
    expect(laws.filter((name) => !found.has(name))).toEqual([])
  })
})

test.each([Number.NaN, -1, Number.NEGATIVE_INFINITY])('a probability of %d is none', (probability) => {
  const queue = Queue.make<string>()
  Queue.push('no', { probability, size: 0 })(queue)()
  Queue.push('little', { probability: 0.01, size: 9 })(queue)()
  expect(Queue.take(queue)()).toMatchObject({ value: 'little' })
})
