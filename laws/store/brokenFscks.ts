/** Examinations that are wrong, each in one way: what the laws must reject. */
import * as E from 'fp-ts/lib/Either.js'
import { type Audit, type Auditable, type Fault, fsck, type Report } from '../../src/store/Fsck.js'
import type { Examiner } from './fsckLaws.js'

const saying = (change: (report: Report) => Report): Examiner => {
  return (store) => () => E.map(change)(fsck()(store)())
}

const blindTo = (...tags: ReadonlyArray<Fault['_tag']>): Examiner =>
  saying((report) => {
    const faults = report.faults.filter(({ _tag }) => !tags.includes(_tag))
    return { ...report, faults, found: faults.length }
  })

const seeing =
  (change: (audit: Audit) => Audit): Examiner =>
  (store) =>
    fsck()({ audit: (look) => store.audit((audit) => look(change(audit))) } satisfies Auditable)

export const brokenFscks: Readonly<Record<string, Examiner>> = {
  'does not hash': blindTo('Corrupt'),
  'does not recount': blindTo('CountOff', 'Leaked'),
  'believes that a count is all there is to a leak': blindTo('Leaked'),
  'ignores heads': seeing((audit) => ({ ...audit, heads: () => [] })),
  'does not follow heads': blindTo('HeadToNowhere'),
  'ignores pins': seeing((audit) => ({ ...audit, pins: () => [] })),
  'does not follow pins': blindTo('PinToNowhere'),
  'trusts notes': (store) => fsck({ linksOf: () => undefined })(store),
  'trusts checks of notes': blindTo('Misnoted'),
  'trusts digests to lead right': blindTo('Misled', 'Unlisted'),
  'does not look for what is missing': blindTo('Missing', 'Dangling'),
  'says what is lost and not who misses it': blindTo('Dangling'),
  'skips what it cannot read': blindTo('Unreadable'),
  'trusts sums': blindTo('RecordOff'),
  'stops half way': seeing((audit) => ({
    ...audit,
    numbers: () => {
      const all = [...audit.numbers()]
      return all.slice(0, Math.ceil(all.length / 2))
    },
  })),
  'forgets cuts': seeing((audit) => ({
    ...audit,
    block: (number) => {
      const stored = audit.block(number)
      return stored && { ...stored, cut: false }
    },
  })),
  'cries wolf': saying((report) => ({
    ...report,
    found: report.found + 1,
    faults: [...report.faults, { _tag: 'Unreadable', number: 0 }],
  })),
  'answers otherwise each time': (() => {
    let times = 0
    return saying((report) => ({ ...report, links: times++ }))
  })(),
  'takes links from nowhere': (store) => fsck({ linksOf: () => ({ links: [], parents: [] }) })(store),
}
