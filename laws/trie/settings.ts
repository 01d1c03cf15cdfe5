/**
 * Settings: where a state lives while a law looks at it.
 *
 * The same laws run on a state that is wholly in memory and on one of which only the digest is known, opened again after
 * every step, with nothing kept, with a cache that forgets at any moment, or with room for all; through either
 * interpreter. Nobody can tell the difference but by time.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Digest } from '../../src/data/Digest.js'
import * as Fetch from '../../src/trie/Fetch.js'
import { pack } from '../../src/trie/internal/pack.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'

/** Blocks in a plain `Map`, which counts what is read from it. */
export class Blocks {
  readonly bytes = new Map<Digest, Uint8Array>()
  readonly links = new Map<Digest, ReadonlyArray<Digest>>()
  /** What was read, round by round. */
  rounds: Array<ReadonlyArray<Digest>> = []
  /** Called before each round. */
  onRead: () => void = () => {}

  private answer(digests: ReadonlyArray<Digest>): ReadonlyArray<Uint8Array | undefined> {
    this.onRead()
    this.rounds.push(digests)
    return digests.map((digest) => this.bytes.get(digest))
  }
  readonly source: Fetch.Source<never> = { read: (digests) => () => E.right(this.answer(digests)) }
  readonly asyncSource: Fetch.AsyncSource<never> = {
    read: (digests) => async () => {
      await null
      return E.right(this.answer(digests))
    },
  }

  /** Keeps all blocks of a state; answers the root's. */
  save(state: State.State, residency: Residency.Residency = Residency.make(0)): Digest {
    const { packed } = pack(State.rootOf(state), { store: 'blocks', epoch: 0 }, Residency.homeOf(residency))
    for (const { ref, bytes, links } of packed) {
      this.bytes.set(ref.digest, bytes)
      this.links.set(
        ref.digest,
        links.map((link) => link.digest),
      )
    }
    return State.digest(state)
  }

  /** Every block that a block reaches, itself among them. */
  reachable(digest: Digest): ReadonlySet<Digest> {
    const seen = new Set<Digest>()
    const stack = [digest]
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (seen.has(top)) continue
      seen.add(top)
      stack.push(...this.links.get(top)!)
    }
    return seen
  }

  /** Blocks on the longest way down from a block. */
  height(digest: Digest): number {
    return 1 + Math.max(0, ...this.links.get(digest)!.map((link) => this.height(link)))
  }

  /** Runs, and answers what was read for it. */
  counting<E, A>(
    fetch: () => Fetch.Fetch<E, A>,
  ): {
    readonly answer: E.Either<unknown, A>
    readonly rounds: ReadonlyArray<ReadonlyArray<Digest>>
    readonly reads: ReadonlyArray<Digest>
  } {
    this.rounds = []
    const answer = Fetch.run(this.source)(fetch())()
    return { answer, rounds: this.rounds, reads: this.rounds.flat() }
  }
}

export interface Setting {
  /** What becomes of a state between two steps. */
  readonly rest: (state: State.State) => State.State
  /** Runs a computation; a failure comes as data. */
  readonly run: <E, A>(fetch: () => Fetch.Fetch<E, A>) => Promise<E.Either<unknown, A>>
  readonly blocks: Blocks
}

export type Mode = (seed: number) => Setting

/** All in memory: nothing may be missing. */
export const resident: Mode = () => ({
  blocks: new Blocks(),
  rest: (state) => state,
  run: async (fetch) => {
    const answer = Fetch.now(fetch())
    return O.isSome(answer) ? answer.value : E.left('blocked, though all is in memory')
  },
})

/** Opened from the digest before each step, with `budget` bytes of cache, which is emptied at random if `forgetting`. */
export const opened =
  (budget: number, options: { readonly forgetting?: boolean; readonly async?: boolean } = {}): Mode =>
  (seed) => {
    const blocks = new Blocks()
    const residency = Residency.make(budget)
    let chance = seed | 1
    if (options.forgetting === true) {
      blocks.onRead = () => {
        chance = (Math.imul(chance, 0x41c64e6d) + 12345) | 0
        if ((chance >>> 16) % 3 === 0) residency.clear()
      }
    }
    return {
      blocks,
      rest: (state) => State.open(blocks.save(state, residency), residency),
      run: async (fetch) =>
        options.async === true
          ? Fetch.runAsync(blocks.asyncSource)(fetch())()
          : Fetch.run(blocks.source)(fetch())(),
    }
  }

/** The settings that every law of states runs in. */
export const modes: Readonly<Record<string, Mode>> = {
  'in memory': resident,
  'opened, nothing kept': opened(0),
  'opened, asynchronous': opened(0, { async: true }),
  'opened, forgetting': opened(6000, { forgetting: true }),
  'opened, all kept': opened(2 ** 26),
}
