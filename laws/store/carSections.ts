/** A CAR in its parts, read apart from the library: its header, and a section for each block. */
import { type Digest, fromBytes } from '../../src/data/Digest.js'

/** Bytes of a CID of ours. */
const CID = 36

export interface Section {
  /** All of it, its length first. */
  readonly whole: Uint8Array
  readonly digest: Digest
  /** Where in it the block begins. */
  readonly body: number
}

export interface Sections {
  readonly header: Uint8Array
  readonly sections: ReadonlyArray<Section>
}

export const sectionsOf = (car: Uint8Array): Sections => {
  let at = 0
  const next = (): { readonly whole: Uint8Array; readonly lead: number } => {
    const start = at
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = car[at++]!
      length += (byte & 127) * 2 ** shift
      if (byte < 128) break
    }
    const lead = at - start
    at += length
    return { whole: car.slice(start, at), lead }
  }
  const header = next().whole
  const sections: Array<Section> = []
  while (at < car.length) {
    const { whole, lead } = next()
    sections.push({ whole, digest: fromBytes(whole, lead + 4), body: lead + CID })
  }
  return { header, sections }
}

export const join = (parts: ReadonlyArray<Uint8Array>): Uint8Array => new Uint8Array(Buffer.concat(parts))

/** Pieces of some length, as a stream brings them. */
export async function* pieces(car: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < car.length; at += size) yield car.subarray(at, at + size)
}
