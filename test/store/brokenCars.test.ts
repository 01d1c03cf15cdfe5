/** Each broken exporter and importer is rejected, and each law rejects one at least. */
import { expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { broken, sound } from '../../laws/store/brokenCars.js'
import { carLaws } from '../../laws/store/carLaws.js'

checkAll(carLaws('the sound one', sound), test)

const rejections = new Map<string, ReadonlyArray<string>>()

test.each([...broken])('%s is rejected', async (name, cars) => {
  const by = await rejected(carLaws(name, cars), 100)
  rejections.set(name, by)
  expect(by).not.toEqual([])
})

test('each law rejects one', () => {
  const used = new Set([...rejections.values()].flat())
  expect(
    carLaws('', sound)
      .laws.map((law) => law.name)
      .filter((name) => !used.has(name)),
  ).toEqual([])
})
