import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentOf } from './content.mjs'
import { Host } from './Host.js'

interface Attempt {
  readonly failure: string | null
  readonly states?: Readonly<Record<string, unknown>>
}

const home = fs.mkdtempSync(path.join(tmpdir(), 'coppice-damage-'))
const whole = path.join(home, 'whole')
const heads = ['one', 'two']
const states: Record<string, unknown> = {}
let host = new Host()
let copies = 0
/** How many bytes are flipped anywhere; each costs a process. */
const FLIPS = Number(process.env['COPPICE_FLIPS'] ?? 8)
/** Bytes of a page. */
let page = 0

beforeAll(async () => {
  await host.ask('open', whole)
  for (const head of heads) {
    for (let turn = 0; turn < 4; turn++) await host.ask('commit', head, turn)
    states[head] = contentOf(head, 3)
  }
  await host.ask('close')
  await host.kill()
  page = fs.readFileSync(data(whole)).readUInt32LE(48)
})

afterAll(async () => {
  await host.kill()
  fs.rmSync(home, { recursive: true })
})

const copy = (): string => {
  const directory = path.join(home, `copy ${++copies}`)
  fs.cpSync(whole, directory, { recursive: true })
  fs.rmSync(path.join(directory, 'data.mdb-lock'), { force: true })
  return directory
}

const data = (directory: string): string => path.join(directory, 'data.mdb')

/** What a process makes of a damaged copy; `crash` if it died of it. */
const attempt = async (damage: (directory: string) => void, options: object = {}): Promise<Attempt> => {
  const directory = copy()
  damage(directory)
  if (host.process.exitCode !== null || host.process.signalCode !== null) host = new Host()
  try {
    return await host.ask<Attempt>('attempt', directory, options)
  } catch (error) {
    return { failure: `crash: ${String(error)}` }
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

const TYPED = ['DamagedStore', 'UnsupportedStore', 'StoreFailed', 'Corrupt', 'Missing', 'Collected']

/** A typed failure, or the right answer; and never another. */
const judge = ({ failure, states: found = {} }: Attempt): string => {
  for (const [head, state] of Object.entries(found))
    if (!isDeepStrictEqual(state, states[head])) return `a wrong value of ${head}`
  if (failure === null) return Object.keys(found).length === heads.length ? 'right' : 'a head is gone'
  return TYPED.includes(failure) ? 'failed' : failure
}

const flip = (file: string, at: number, by = 0xff): void => {
  const bytes = fs.readFileSync(file)
  bytes[at]! ^= by
  fs.writeFileSync(file, bytes)
}

test('undamaged it is right', async () => {
  expect(judge(await attempt(() => {}))).toBe('right')
  expect(judge(await attempt(() => {}, { suspect: true }))).toBe('right')
})

test('a file cut short at any length is refused, or right', async () => {
  const { size } = fs.statSync(data(whole))
  const lengths = [
    1,
    100,
    191,
    page - 1,
    page,
    page + 100,
    2 * page - 1,
    2 * page,
    3 * page,
    size - 1,
    size - page,
  ]
  for (let n = 1; n < 5; n++) lengths.push(Math.floor((size * n) / 5))
  const wrong: Array<unknown> = []
  for (const length of lengths) {
    const verdict = judge(await attempt((directory) => fs.truncateSync(data(directory), length)))
    if (!['right', 'failed'].includes(verdict)) wrong.push([length, verdict])
  }
  expect(wrong).toEqual([])
})

test('garbled records are refused, or right', async () => {
  const wrong: Array<unknown> = []
  for (const from of [0, page]) {
    for (let at = 16; at < 176; at += 5) {
      const verdict = judge(await attempt((directory) => flip(data(directory), from + at)))
      if (!['right', 'failed'].includes(verdict)) wrong.push([from + at, verdict])
    }
    const zeros = await attempt((directory) => {
      const bytes = fs.readFileSync(data(directory))
      fs.writeFileSync(data(directory), bytes.fill(0, from, from + page))
    })
    expect(zeros.failure).toBe('DamagedStore')
  }
  expect(wrong).toEqual([])
})

const NEWER = 'coppice store 2\n'

test.each([
  ['empty', '', 'DamagedStore'],
  ['garbled', 'coppice stone 1\n', 'DamagedStore'],
  ['of two lines', 'coppice store 1\n\n', 'DamagedStore'],
  ['of another program', '{"format":1}', 'DamagedStore'],
  ['of a version to come', NEWER, 'UnsupportedStore'],
])('a FORMAT %s is refused', async (_, text, failure) => {
  expect(await attempt((directory) => fs.writeFileSync(path.join(directory, 'FORMAT'), text))).toEqual({
    failure,
  })
})

describe('what is no store is refused', () => {
  test('a directory of other things', async () => {
    const found = await attempt((directory) => {
      for (const name of fs.readdirSync(directory)) fs.rmSync(path.join(directory, name))
      fs.writeFileSync(path.join(directory, 'notes.txt'), 'mine')
    })
    expect(found).toEqual({ failure: 'DamagedStore' })
  })
  test('a store without its FORMAT', async () => {
    expect(await attempt((directory) => fs.rmSync(path.join(directory, 'FORMAT')))).toEqual({
      failure: 'DamagedStore',
    })
  })
  test('a file', async () => {
    const found = await attempt((directory) => {
      fs.rmSync(directory, { recursive: true })
      fs.writeFileSync(directory, 'a file')
    })
    expect(TYPED).toContain(found.failure)
  })
  test('nothing, where none is to be made', async () => {
    const found = await attempt((directory) => fs.rmSync(directory, { recursive: true }), { create: false })
    expect(found).toEqual({ failure: 'DamagedStore' })
  })
  test('a file of tables that are others', async () => {
    const found = await attempt((directory) =>
      fs.writeFileSync(data(directory), Buffer.alloc(65536, 'other')),
    )
    expect(found).toEqual({ failure: 'DamagedStore' })
  })
})

test('a flipped byte of a block is Corrupt', async () => {
  const bytes = fs.readFileSync(data(whole))
  // Text that only the state of now holds, and so long that it has pages of its own.
  const places: Array<number> = []
  const sought = Buffer.from('one 4 one 4 one 4 ')
  for (let at = bytes.indexOf(sought); at >= 0; at = bytes.indexOf(sought, at + 1000)) places.push(at)
  expect(places.length).toBeGreaterThan(0)
  const found = await attempt((directory) => {
    for (const at of places) flip(data(directory), at, 1)
  })
  expect(found.failure).toBe('Corrupt')
  expect(judge(found)).toBe('failed')
})

test('flips anywhere, in the pages of the tree too: a suspect store fails with a name, or is right', {
  timeout: 60_000 + FLIPS * 5000,
}, async () => {
  const { size } = fs.statSync(data(whole))
  const wrong: Array<unknown> = []
  for (let n = 0; n < FLIPS; n++) {
    // At the heads of pages, where the tree is, and elsewhere.
    const place = 2 + Math.floor((Math.abs(Math.sin(n * 5.1 + 1)) * 1e4) % (size / page - 2))
    const at = place * page + (n % 3 === 0 ? (n * 131) % page : 8 + ((n * 7) % 40))
    const verdict = judge(await attempt((directory) => flip(data(directory), at), { suspect: true }))
    if (!['right', 'failed'].includes(verdict)) wrong.push([at, verdict])
  }
  expect(wrong).toEqual([])
})
