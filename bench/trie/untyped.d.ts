// The parts used here of packages that ship no types.

declare module 'hamt' {
  namespace hamt {
    interface Trie {
      readonly size: number
    }
    const empty: Trie
    const get: (key: string, map: Trie) => number | undefined
    const set: (key: string, value: number, map: Trie) => Trie
    const remove: (key: string, map: Trie) => Trie
    const fold: (f: (sum: number, value: number, key: string) => number, zero: number, map: Trie) => number
    const forEach: (visit: (value: number, key: string) => void, map: Trie) => void
  }
  export default hamt
}

declare module 'hamt_plus' {
  import type base from 'hamt'

  namespace hamt {
    type Trie = base.Trie
    const empty: Trie
    const get: typeof base.get
    const set: typeof base.set
    const remove: typeof base.remove
    const fold: typeof base.fold
    const forEach: typeof base.forEach
    const mutate: (edit: (batch: Trie) => void, map: Trie) => Trie
  }
  export default hamt
}

declare module 'mori' {
  namespace mori {
    interface Trie {
      toString(): string
    }
    const hashMap: () => Trie
    const get: (map: Trie, key: string) => number | null
    const assoc: (map: Trie, key: string, value: number) => Trie
    const dissoc: (map: Trie, key: string) => Trie
    const count: (map: Trie) => number
    const reduceKV: <A>(f: (state: A, key: string, value: number) => A, initial: A, map: Trie) => A
    const mutable: {
      readonly thaw: (map: Trie) => Trie
      readonly assoc: (map: Trie, key: string, value: number) => Trie
      readonly freeze: (map: Trie) => Trie
    }
  }
  export default mori
}
