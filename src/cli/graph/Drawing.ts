/** What a graph shows, before anybody has decided where it stands. */
export type Kind = 'checkpoint' | 'head' | 'superposition'

export interface Box {
  readonly id: string
  readonly kind: Kind
  /** One line each. */
  readonly lines: ReadonlyArray<string>
  /** What is told of it where there is room. */
  readonly title: string
}

export interface Arrow {
  readonly from: string
  readonly to: string
  readonly kind: 'parent' | 'head' | 'superposition'
}

export interface Drawing {
  readonly boxes: ReadonlyArray<Box>
  readonly arrows: ReadonlyArray<Arrow>
}
