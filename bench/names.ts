/** The benches there are. Each is the module of its name in this folder and exports `bench`. */
export const names = [
  'trie',
  'hash',
  'codec',
  'branch',
  'memory',
  'sequence',
  'dedup',
  'materialize',
  'store',
  'collector',
  'superposition',
  'engine',
  'packs',
] as const

export type Name = (typeof names)[number]

export const isName = (text: string): text is Name => (names as readonly string[]).includes(text)
