/** What one does without a library: a copy at each edit. */
import { numberOf, type Peer } from '../Peer.js'

// `toSpliced` is slow on Node 20.
const spliced = (
  array: ReadonlyArray<unknown>,
  i: number,
  count: number,
  run: ReadonlyArray<unknown>,
): unknown[] => {
  const copy = [...array]
  copy.splice(i, count, ...run)
  return copy
}

export const items: Peer<ReadonlyArray<unknown>> = {
  build: (content) => [...(content as ReadonlyArray<unknown>)],
  get: (array, i) => numberOf(array[i]),
  append: (array, run) => [...array, run[0]],
  set: (array, i, run) => {
    const copy = [...array]
    copy[i] = run[0]
    return copy
  },
  insert: (array, i, run) => spliced(array, i, 0, run as ReadonlyArray<unknown>),
  remove: (array, i, count) => spliced(array, i, count, []),
  concat: (a, b) => [...a, ...b],
  iterate: (array) => {
    let sum = 0
    for (const item of array) sum += numberOf(item)
    return sum
  },
  size: ({ length }) => length,
}

/** V8 joins strings lazily and pays at the first look: here that is taken at once. */
const flat = (text: string): string => {
  text.charCodeAt(text.length >> 1)
  return text
}

export const text: Peer<string> = {
  build: (content) => content as string,
  get: (string, i) => string.charCodeAt(i),
  append: (string, run) => flat(string + (run as string)),
  set: (string, i, run) => flat(string.slice(0, i) + (run as string) + string.slice(i + run.length)),
  insert: (string, i, run) => flat(string.slice(0, i) + (run as string) + string.slice(i)),
  remove: (string, i, count) => flat(string.slice(0, i) + string.slice(i + count)),
  concat: (a, b) => flat(a + b),
  iterate: (string) => {
    let sum = 0
    for (let i = 0; i < string.length; i++) sum += string.charCodeAt(i)
    return sum
  },
  size: ({ length }) => length,
}

export const bytes: Peer<Uint8Array> = {
  build: (content) => Buffer.from(content as Uint8Array),
  get: (buffer, i) => buffer[i]!,
  append: (buffer, run) => Buffer.concat([buffer, run as Uint8Array]),
  set: (buffer, i, run) => {
    const copy = Buffer.from(buffer)
    copy.set(run as Uint8Array, i)
    return copy
  },
  insert: (buffer, i, run) => Buffer.concat([buffer.subarray(0, i), run as Uint8Array, buffer.subarray(i)]),
  remove: (buffer, i, count) => Buffer.concat([buffer.subarray(0, i), buffer.subarray(i + count)]),
  concat: (a, b) => Buffer.concat([a, b]),
  iterate: (buffer) => {
    let sum = 0
    for (let i = 0; i < buffer.length; i++) sum += buffer[i]!
    return sum
  },
  size: ({ length }) => length,
}
