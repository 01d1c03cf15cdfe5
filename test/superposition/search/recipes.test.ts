import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** The definitions of a module at its top level, each with its lines, comments aside. */
const definitions = (file: string): ReadonlyArray<readonly [name: string, lines: number]> =>
  readFileSync(fileURLToPath(new URL(`../../../src/superposition/search/${file}`, import.meta.url)), 'utf8')
    .split(/\n(?=export const |const |export interface |interface |\/\*\*)/)
    .flatMap((part) => {
      const name = /^(?:export )?const (\w+)/.exec(part)?.[1]
      return name === undefined ? [] : [[name, part.trimEnd().split('\n').length] as const]
    })

test.each([
  ['Beam.ts', 'beam'],
  ['BestOfN.ts', 'bestOfN'],
  ['Mcts.ts', 'simulate'],
])('%s: a reader sees all of %s at once', (file, recipe) => {
  const all = definitions(file)
  expect(all.map(([name]) => name)).toContain(recipe)
  expect(all.filter(([, lines]) => lines >= 60)).toEqual([])
})
