/** Numbers and times among the arguments. */
import { InvalidArgumentError } from 'commander'

const wholeFrom =
  (least: number) =>
  (text: string): number => {
    const n = text.trim() === '' ? Number.NaN : Number(text)
    if (!Number.isSafeInteger(n) || n < least) {
      throw new InvalidArgumentError(`Wanted: a whole number from ${least}.`)
    }
    return n
  }

/** A whole number from 1. */
export const whole: (text: string) => number = wholeFrom(1)

/** A whole number from 0. */
export const wholeOrNone: (text: string) => number = wholeFrom(0)

const TIME = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/

/** Milliseconds since 1970; where no zone is said, it is UTC, as in all times that are printed. */
export const time = (text: string): number => {
  const [, day, clock, , , zone] = TIME.exec(text) ?? []
  const found = Date.parse(clock !== undefined && zone === undefined ? `${text}Z` : text)
  // A 31st of February would be one of March.
  const isDay = day !== undefined && new Date(day).toJSON()?.startsWith(day)
  if (isDay !== true || Number.isNaN(found)) {
    throw new InvalidArgumentError('Wanted: a time in ISO 8601, 2026-01-31 or 2026-01-31T12:00:00Z.')
  }
  return found
}

/** The end of the second that is named, as times are printed: what was done in it was done. */
export const timeThrough = (text: string): number =>
  time(text) + (/:\d\d:\d\d(?![\d.,])/.test(text) ? 999 : 0)
