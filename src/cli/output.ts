/** What a command answers, for people and for programs, and how it comes out of the process. */
import { styleText } from 'node:util'

/** Either is printed as it is; `code` is that of the process. */
export interface Answer {
  readonly json: unknown
  readonly text: string | Uint8Array
  /** By default 0; 1 for what differs, has conflicts, or is not sound. */
  readonly code?: 0 | 1
}

// -------------------------------------------------------------------------------------
// text
// -------------------------------------------------------------------------------------

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Text from outside on one line, with nothing in it that a terminal would obey. */
export const printable = (text: string): string =>
  text
    .replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .toWellFormed()

/** Lines for people. Of all that a terminal would obey nothing comes through but colours, which `paint` may have put there. */
export const lines = (all: ReadonlyArray<string>): string => all.map((line) => `${told(line)}\n`).join('')

const told = (line: string): string =>
  isColoured()
    ? line
        .split(COLOUR)
        .map((part, i) => (i % 2 === 1 ? part : printable(part)))
        .join('')
    : printable(line)

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `1,234 B`, `1.2 MB`. */
export const size = (bytes: number): string => {
  let [value, unit] = [bytes, 0]
  while (value >= 10_000 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit > 0 && value < 100 ? 1 : 0
  return `${value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits })} ${UNITS[unit]}`
}

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** A time as everybody reads it, to the second. */
export const moment = (milliseconds: number): string => {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? String(milliseconds) : `${date.toISOString().slice(0, 19)}Z`
}

type Style = 'red' | 'green' | 'yellow' | 'cyan'

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const COLOUR = /(\u001b\[3[1-69]m)/

const isColoured = (): boolean => process.stdout.isTTY && process.stdout.hasColors()

/** Coloured on a terminal that wants it (`NO_COLOR`), plain elsewhere. */
export const paint = (style: Style, text: string): string =>
  isColoured() ? styleText(style, printable(text)) : text

/** Columns with two spaces between them; the last is as long as it is. Columns of `right` end alike. */
export const columns = (
  rows: ReadonlyArray<ReadonlyArray<string>>,
  right: ReadonlyArray<number> = [],
): ReadonlyArray<string> => {
  const widths: Array<number> = []
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  return rows.map((row) =>
    row
      .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  )
}

// -------------------------------------------------------------------------------------
// out of the process
// -------------------------------------------------------------------------------------

let closed = false

/**
 * A reader that has seen enough closes the pipe: then the rest is for nobody, and nothing has failed. Of anything else that ends
 * the standard output somebody is told, once.
 */
export const listen = (failed: (cause: Error) => void): void => {
  const { stdout, stderr } = process
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!closed && error.code !== 'EPIPE') failed(error)
    closed = true
  })
  stderr.on('error', () => {})
}

export const isClosed = (): boolean => closed

/** Waits until whoever reads has room again. */
export const write = (piece: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    if (closed || piece.length === 0) resolve()
    else process.stdout.write(piece, () => resolve())
  })

/** What a program reads: one line. Controls stand in its strings alone, where JSON writes them as `printable` does. */
export const jsonLine = (value: unknown): string => `${printable(JSON.stringify(value))}\n`
