/** Broken factories, each of which some law rejects: objects are copies of plain data. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Value } from '../../src/data/Value.js'
import * as Component from '../../src/materialize/Component.js'
import * as Factory from '../../src/materialize/Factory.js'
import * as PlainObject from '../../src/materialize/factories/PlainObject.js'
import * as Fetch from '../../src/trie/Fetch.js'

const sound = PlainObject.factory
const apply = sound.applyDelta!

type Cell = { value: Value }

let made = 0

/** Factories whose objects are cells around a value. */
const cells = (
  options: Partial<Factory.Common<Cell>> & { readonly create?: (value: Value) => Cell },
): Factory.Factory<Cell, Value> =>
  Factory.pure({
    type: Factory.type<Cell>('cell'),
    read: Component.value,
    create: options.create ?? ((value) => ({ value })),
    estimateSize: options.estimateSize ?? (() => 1),
    ...(options.applyDelta === undefined ? {} : { applyDelta: options.applyDelta }),
  })

export const brokenFactories: Readonly<Record<string, () => Factory.Factory<Cell, Value>>> = {
  'changes the object of before': () =>
    cells({
      applyDelta: (cell, patch, after) =>
        Fetch.map((value: Value) => {
          cell.value = value
          return cell
        })(apply(cell.value, patch, after)),
    }),
  'does not look at the patch': () => cells({ applyDelta: (cell) => Fetch.of(cell) }),
  'applies half of the patch': () =>
    cells({
      applyDelta: (cell, patch, after) =>
        Fetch.map((value: Value) => ({ value }))(
          apply(cell.value, patch.slice(0, Math.floor(patch.length / 2)), after),
        ),
    }),
  'counts its builds': () => cells({ create: (value) => ({ value: [value, made++] }) }),
  'sees what is in memory': () => ({
    ...cells({}),
    read: (component) => {
      const now = Fetch.now(Component.value(component))
      return Fetch.of(O.isSome(now) && E.isRight(now.value) ? now.value.right : 'not here')
    },
  }),
  'has no size': () => cells({ estimateSize: () => Number.NaN }),
}
