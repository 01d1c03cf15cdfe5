import { List } from 'immutable'
import { numberOf, type Peer, total } from '../Peer.js'

export const items: Peer<List<unknown>> = {
  build: (content) => List(content as ReadonlyArray<unknown>),
  get: (list, i) => numberOf(list.get(i)),
  append: (list, run) => list.push(run[0]),
  set: (list, i, run) => list.set(i, run[0]),
  insert: (list, i, run) => list.insert(i, run[0]),
  remove: (list, i, count) => list.splice(i, count),
  concat: (a, b) => a.concat(b),
  iterate: total,
  size: ({ size }) => size,
}
