/**
 * The laws of `Digest` and its names.
 */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../src/index.js'
import { digests } from '../arbitraries.js'
import { holds, isEq, law, type Suite, suite } from '../Law.js'

/** What of the module the laws speak about. */
export type DigestModule = Pick<
  typeof Digest,
  'fromBytes' | 'toBytes' | 'writeTo' | 'fromHex' | 'toHex' | 'fromCid' | 'toCid' | 'Eq' | 'Ord'
>

const compareBytes = (x: Uint8Array, y: Uint8Array): number => {
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return Math.sign(x[i]! - y[i]!)
  return 0
}

const raw = fc.uint8Array({ minLength: 32, maxLength: 32 })

export const digestLaws = (m: DigestModule): Suite =>
  suite('Digest', [
    law('bytes there and back', [raw], (b) => isEq(m.toBytes(m.fromBytes(b)), b)),
    law('bytes at an offset', [raw, fc.nat({ max: 9 })], (b, offset) => {
      const wide = new Uint8Array(50).fill(7)
      m.writeTo(m.fromBytes(b), wide, offset)
      const outside = [...wide.subarray(0, offset), ...wide.subarray(offset + 32)]
      return [isEq(m.fromBytes(wide, offset), m.fromBytes(b)), isEq(outside, new Array(18).fill(7))]
    }),
    law('hex there and back', [digests], (d) => isEq(m.fromHex(m.toHex(d)), E.right(d))),
    law('hex is the hex of the bytes', [raw], (b) =>
      isEq(m.toHex(m.fromBytes(b)), Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('')),
    ),
    law('CID there and back', [digests], (d) => isEq(m.fromCid(m.toCid(d)), E.right(d))),
    law(
      'a CID with one character changed is refused or names another digest',
      [digests, fc.nat({ max: 58 }), fc.string({ minLength: 1, maxLength: 1 })],
      (d, at, c) => {
        const cid = m.toCid(d)
        const changed = cid.slice(0, at) + c + cid.slice(at + 1)
        const read = m.fromCid(changed)
        return changed === cid || E.isLeft(read)
          ? holds(true, '')
          : [holds(read.right !== d, `${changed} is a second name`), isEq(m.toCid(read.right), changed)]
      },
    ),
    law(
      'a CID with something behind it is refused',
      [digests, fc.string({ minLength: 1, maxLength: 3 })],
      (d, more) => holds(E.isLeft(m.fromCid(m.toCid(d) + more)), 'taken'),
    ),
    law('what is no name is refused', [fc.string({ maxLength: 70 })], (s) => [
      holds(E.isLeft(m.fromCid(s)), 'taken as a CID'),
      holds(s.length === 64 || E.isLeft(m.fromHex(s)), 'taken as hex'),
    ]),
    law('order is the order of the bytes', [raw, raw], (x, y) =>
      isEq(m.Ord.compare(m.fromBytes(x), m.fromBytes(y)), compareBytes(x, y)),
    ),
    law('equality is equality of the bytes', [raw, raw], (x, y) => [
      isEq(m.Eq.equals(m.fromBytes(x), m.fromBytes(x.slice())), true),
      isEq(m.Eq.equals(m.fromBytes(x), m.fromBytes(y)), compareBytes(x, y) === 0),
    ]),
  ])
