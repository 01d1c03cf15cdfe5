/** What is said between the bench and the process that a subject lives in. */
import type { Plan, Timing } from '../measure.js'
import type { Kind } from './subjects.js'

export type Request =
  | { readonly ask: 'open'; readonly module: string; readonly kind: Kind; readonly n: number }
  | { readonly ask: 'calibrate'; readonly metric: string; readonly plan: Plan }
  | { readonly ask: 'visit'; readonly metric: string; readonly count: number; readonly plan: Plan }

export type Reply =
  | { readonly reply: 'opened'; readonly bytes: number }
  | { readonly reply: 'calibrated'; readonly count: number }
  | { readonly reply: 'visited'; readonly timings: readonly Timing[] }
  | { readonly reply: 'failed'; readonly reason: string }
