/** Numbers among the arguments. */
import { InvalidArgumentError } from 'commander'

/** A whole number from 1. */
export const whole = (text: string): number => {
  const n = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isSafeInteger(n) || n < 1) throw new InvalidArgumentError('Wanted: a whole number from 1.')
  return n
}
