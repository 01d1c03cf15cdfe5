/**
 * The links of a block, found by a scan of its bytes.
 *
 * DAG-CBOR has definite lengths only, so its items stand one behind another, whatever they are nested in: the scan
 * goes from head to head and needs no stack. It checks that the items add up, and that each tag is a link of ours in
 * its one form, so that no link escapes; whether the bytes are canonical is checked by who builds a node from them.
 */
import { type Digest, fromBytes, SIZE } from '../../data/Digest.js'

export interface Links {
  /** In their order, repeated as often as they stand there. */
  readonly links: ReadonlyArray<Digest>
  /** Those that lead to earlier history, which a cut may end: a checkpoint's, and not among `links`. */
  readonly parents: ReadonlyArray<Digest>
}

/** Bytes of a link: tag 42, a byte string of 37, 0x00, CIDv1, dag-cbor, BLAKE3 of 32 bytes, and those. */
const LINK_SIZE = 41
const BEFORE = LINK_SIZE - SIZE

const isLink = (bytes: Uint8Array, at: number): boolean =>
  at + LINK_SIZE <= bytes.length &&
  bytes[at] === 0xd8 &&
  bytes[at + 1] === 0x2a &&
  bytes[at + 2] === 0x58 &&
  bytes[at + 3] === 0x25 &&
  bytes[at + 4] === 0x00 &&
  bytes[at + 5] === 0x01 &&
  bytes[at + 6] === 0x71 &&
  bytes[at + 7] === 0x1e &&
  bytes[at + 8] === SIZE

/** Bytes of the argument that follows a head whose low bits are 24 to 27. */
const WIDTHS = [1, 2, 4, 8] as const

/** `[6, state, [parents], …]`, a list of eight: see `vst/internal/checkpointBlock.ts`. How many parents, else none. */
const parentsOf = (bytes: Uint8Array): number => {
  const at = 2 + LINK_SIZE
  if (bytes[0] !== 0x88 || bytes[1] !== 0x06 || !isLink(bytes, 2) || at >= bytes.length) return 0
  const head = bytes[at]!
  const [count, first] = head === 0x98 ? [bytes[at + 1] ?? 0, at + 2] : [head - 0x80, at + 1]
  if (head !== 0x98 && (count < 0 || count > 23)) return 0
  for (let i = 0; i < count; i++) if (!isLink(bytes, first + i * LINK_SIZE)) return 0
  return count
}

/** `undefined` for bytes that are no DAG-CBOR, or hold a link that is not one of ours. O(length). */
export const linksOf = (bytes: Uint8Array): Links | undefined => {
  const end = bytes.length
  const links: Array<Digest> = []
  let at = 0
  for (let items = 1; items > 0; items--) {
    if (at >= end) return undefined
    const head = bytes[at]!
    if (head === 0xd8) {
      if (!isLink(bytes, at)) return undefined
      links.push(fromBytes(bytes, at + BEFORE))
      at += LINK_SIZE
      continue
    }
    const major = head >> 5
    const low = head & 0x1f
    if (low > 27 || major === 6) return undefined
    at++
    let argument = low
    if (low >= 24) {
      const width = WIDTHS[low - 24]!
      if (at + width > end) return undefined
      argument = 0
      for (let i = 0; i < width; i++) argument = argument * 256 + bytes[at + i]!
      at += width
    }
    if (major === 2 || major === 3) at += argument
    else if (major === 4) items += argument
    else if (major === 5) items += 2 * argument
    // Each item takes a byte at least: what claims more is refused before it is walked.
    if (at > end || items - 1 > end - at) return undefined
  }
  if (at !== end) return undefined
  const count = parentsOf(bytes)
  return count === 0
    ? { links, parents: [] }
    : { links: [links[0]!, ...links.slice(1 + count)], parents: links.slice(1, 1 + count) }
}
