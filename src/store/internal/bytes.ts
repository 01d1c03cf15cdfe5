/** Bytes put together and copied, as plain arrays: a `Buffer` shares memory where one expects a copy. */

export const concat = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** `slice` of a `Buffer` copies nothing. */
export const copy = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes)
