import { List } from '@rimbu/core'
import { numberOf, type Peer, total } from '../Peer.js'

// Its own types do not admit that a list which is not empty is a list.
type Items = ReturnType<List<unknown>['take']>

export const items: Peer<Items> = {
  build: (content) => List.from(content as ReadonlyArray<unknown>) as unknown as Items,
  get: (list, i) => numberOf(list.get(i)),
  append: (list, run) => list.append(run[0]) as unknown as Items,
  set: (list, i, run) => list.updateAt(i, () => run[0]),
  insert: (list, i, run) => list.insert(i, run as ReadonlyArray<unknown>),
  remove: (list, i, count) => list.remove(i, count),
  concat: (a, b) => a.concat(b),
  iterate: total,
  size: ({ length }) => length,
}
