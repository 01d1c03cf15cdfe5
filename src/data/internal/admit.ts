/**
 * The check and copy behind `Value.fromUnknown`.
 *
 * It reads each property once, by its descriptor, so no getter runs and a proxy cannot show two faces. Reading is
 * recursive to the bounded depth, which also ends every cycle; the ancestors tell a cycle from mere depth. What is wrong
 * travels as a private signal to the one `catch`, which also turns whatever a proxy throws into a failure.
 *
 * A value in which one object stands in many places may be exponentially larger than the memory that it takes, so
 * beyond a stated number of copies the walk remembers what it has copied; small inputs don't pay for that.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type InvalidValue, invalidValue } from '../Failure.js'
import type { Value } from '../Value.js'
import { MAX_KEY } from './limits.js'
import { headSize, numberSize } from './size.js'
import { sortKeys, textBytes } from './text.js'

class Refusal {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

const refuse = (reason: string): never => {
  throw new Refusal(reason)
}

/** Lists and maps that are copied before the walk begins to remember them. */
const UNREMEMBERED = 1_000

interface Copy {
  readonly value: Value
  readonly size: number
  /** Levels of lists and maps in it, itself among them. */
  readonly height: number
}

/** The tag that only the engine sets on typed arrays; undefined on anything else, proxies too. */
const typedArrayTag = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)!.get as (this: unknown) => string | undefined

const scalars: { readonly [type: string]: string } = {
  undefined: 'undefined',
  function: 'a function',
  symbol: 'a symbol',
  bigint: 'a bigint',
}

class Walk {
  /** Keys and indices from the root to where the walk is; on a refusal, to what was refused. */
  readonly path: Array<string | number> = []
  private readonly ancestors: Array<object> = []
  private readonly maxDepth: number
  private readonly maxBytes: number
  private size = 0
  private height = 0
  private copied = 0
  private readonly copies = new Map<object, Copy>()

  constructor(maxDepth: number, maxBytes: number) {
    this.maxDepth = maxDepth
    this.maxBytes = maxBytes
  }

  private count(bytes: number): void {
    this.size += bytes
    if (this.size > this.maxBytes) refuse(`larger than ${this.maxBytes} bytes`)
  }

  value(u: unknown): Value {
    switch (typeof u) {
      case 'string':
        if (!u.isWellFormed()) refuse('a lone surrogate')
        this.text(u)
        return u
      case 'number':
        if (!Number.isFinite(u)) refuse(String(u))
        this.count(numberSize(u))
        // -0 + 0 is 0.
        return u + 0
      case 'boolean':
        this.count(1)
        return u
      case 'object':
        if (u === null) {
          this.count(1)
          return null
        }
        return this.object(u)
      default:
        return refuse(scalars[typeof u] ?? typeof u)
    }
  }

  private text(s: string): void {
    const n = textBytes(s)
    this.count(headSize(n) + n)
  }

  private object(o: object): Value {
    const tag = typedArrayTag.call(o)
    if (tag !== undefined) return tag === 'Uint8Array' ? this.bytes(o as Uint8Array) : refuse(`a ${tag}`)
    const known = this.copies.get(o)
    if (known !== undefined) return this.again(known)
    const depth = this.ancestors.length
    if (depth >= this.maxDepth) this.tooDeep()
    this.ancestors.push(o)
    const size = this.size
    const height = this.height
    this.height = 0
    const value = Array.isArray(o) ? this.list(o) : this.map(o)
    this.height++
    if (++this.copied > UNREMEMBERED) {
      this.copies.set(o, { value, size: this.size - size, height: this.height })
    }
    if (this.height < height) this.height = height
    this.ancestors.pop()
    return value
  }

  /** An object met before: what it takes is counted again, how deep it reaches is checked again. */
  private again(copy: Copy): Value {
    if (this.ancestors.length + copy.height > this.maxDepth) this.tooDeep()
    this.count(copy.size)
    if (this.height < copy.height) this.height = copy.height
    return copy.value
  }

  private tooDeep(): never {
    const seen = new Map<object, number>()
    for (const [depth, o] of this.ancestors.entries()) {
      if (seen.has(o)) {
        this.path.length = depth
        return refuse('a cycle')
      }
      seen.set(o, depth)
    }
    return refuse(`nested deeper than ${this.maxDepth}`)
  }

  private bytes(b: Uint8Array): Uint8Array {
    const copy = new Uint8Array(b)
    this.count(headSize(copy.length) + copy.length)
    return copy
  }

  /** What stands under `key`, which must be plain, visible data. */
  private property(o: object, key: string | number): Value {
    this.path.push(key)
    const d = Object.getOwnPropertyDescriptor(o, key)
    if (d === undefined)
      return refuse(Array.isArray(o) ? 'a hole in an array' : 'a property that is not there')
    if (d.get !== undefined || d.set !== undefined) refuse('an accessor')
    if (!d.enumerable) refuse('a property that is not enumerable')
    const value = this.value(d.value)
    this.path.pop()
    return value
  }

  private list(a: ReadonlyArray<unknown>): ReadonlyArray<Value> {
    if (Object.getPrototypeOf(a) !== Array.prototype) refuse('an instance of a subclass of Array')
    const keys = Reflect.ownKeys(a)
    const n = a.length
    // Its own keys are the indices, in order, and `length`.
    if (keys.length !== n + 1) this.oddArray(a, keys, n)
    this.count(headSize(n))
    const items: Array<Value> = []
    for (let i = 0; i < n; i++) items.push(this.property(a, i))
    return Object.freeze(items)
  }

  private oddArray(a: ReadonlyArray<unknown>, keys: ReadonlyArray<string | symbol>, n: number): never {
    for (const key of keys) {
      if (typeof key === 'symbol') return refuse('a symbol key')
      if (key === 'length') continue
      const index = Number(key)
      if (String(index >>> 0) !== key || index >= n) return refuse(`an array with a property '${key}'`)
    }
    for (let i = 0; i < n; i++) {
      if (!Object.hasOwn(a, i)) {
        this.path.push(i)
        break
      }
    }
    return refuse('a hole in an array')
  }

  private map(o: object): { readonly [key: string]: Value } {
    const prototype = Object.getPrototypeOf(o) as unknown
    if (prototype !== Object.prototype && prototype !== null) refuse('an instance of a class')
    const keys = Reflect.ownKeys(o)
    const names: Array<string> = []
    for (const key of keys) names.push(this.key(key))
    this.count(headSize(names.length))
    const entries: { [key: string]: Value } = {}
    for (const key of sortKeys(names)) {
      const value = this.property(o, key)
      if (key === '__proto__') Object.defineProperty(entries, key, { ...ordinary, value })
      else entries[key] = value
    }
    return Object.freeze(entries)
  }

  private key(key: string | symbol): string {
    if (typeof key === 'symbol') return refuse('a symbol key')
    if (!key.isWellFormed()) {
      this.path.push(key)
      refuse('a lone surrogate in a key')
    }
    const n = textBytes(key)
    if (n > MAX_KEY) {
      this.path.push(key)
      refuse(`a key of more than ${MAX_KEY} bytes`)
    }
    this.count(headSize(n) + n)
    return key
  }
}

const ordinary = { enumerable: true, writable: true, configurable: true }

const thrown = (e: unknown): string => {
  try {
    return `reading it failed: ${String(e instanceof Error ? e.message : e)}`
  } catch {
    return 'reading it failed'
  }
}

/** `Value.fromUnknown`, with every limit given. */
export const admit = (input: unknown, maxDepth: number, maxBytes: number): E.Either<InvalidValue, Value> => {
  const walk = new Walk(maxDepth, maxBytes)
  try {
    return E.right(walk.value(input))
  } catch (e) {
    return E.left(invalidValue(walk.path, e instanceof Refusal ? e.reason : thrown(e)))
  }
}
