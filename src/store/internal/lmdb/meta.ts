/** `Meta` is the one record that every transaction reads first and writes last. */

export interface Meta {
  /** Of the layout of the tables. A store of a later version is not opened. */
  version: number
  /** The number that the next entry of the journal gets. Never given twice. */
  next: number
  /** Raised by every sweep that freed something; numbers remembered from an earlier one are looked up again. */
  epoch: number
  /** What the store holds, in blocks and bytes. */
  blocks: number
  bytes: number
  /** What collections have freed so far. */
  freedBlocks: number
  freedBytes: number
  /** The image of the counts (`image.ts`): which, and the number up to which it has folded the journal. */
  image: number
  folded: number
  /** The session that the next to open gets. */
  session: number
  /** The last image that was begun; never given twice, so that two who write one at a time do not meet. */
  begun: number
}

export const VERSION = 1

export const fresh: Meta = {
  version: VERSION,
  next: 1,
  epoch: 1,
  blocks: 0,
  bytes: 0,
  freedBlocks: 0,
  freedBytes: 0,
  image: 0,
  folded: 1,
  session: 1,
  begun: 0,
}

const FIELDS = Object.keys(fresh) as ReadonlyArray<keyof Meta>

const isField = (field: number): boolean => Number.isSafeInteger(field) && field >= 0

/** Each field a big-endian float64, in the order above. Throws before it writes what nobody could read again. */
export const encode = (meta: Meta): Uint8Array => {
  const bytes = new Uint8Array(8 * FIELDS.length)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < FIELDS.length; i++) {
    const field = meta[FIELDS[i]!]
    if (!isField(field)) throw new Error(`the store would record ${field} as its ${FIELDS[i]}`)
    view.setFloat64(8 * i, field)
  }
  return bytes
}

/** `undefined` for bytes that are no such record. A later version may have more fields. */
export const decode = (bytes: Uint8Array, length: number): Meta | undefined => {
  if (length < 8 * FIELDS.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  const meta = { ...fresh }
  for (let i = 0; i < FIELDS.length; i++) {
    const field = view.getFloat64(8 * i)
    if (!isField(field)) return undefined
    meta[FIELDS[i]!] = field
  }
  return meta
}
