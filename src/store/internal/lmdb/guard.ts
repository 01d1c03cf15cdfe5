/**
 * What is looked at before LMDB maps a file: it trusts what it finds there, and a file that lies kills the process.
 *
 * A store is a directory with `FORMAT`, one line that says what it is and which file holds its tables: `data.mdb`, or
 * another once it was compacted. A file never takes another's name, for what LMDB keeps beside a file, and what a process that
 * has it open believes, would be taken for the other's. The first two pages of a file are records (`MDB_meta` in LMDB's
 * mdb.c), written in turns; each says how many pages there are.
 */
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import {
  type DamagedStore,
  damagedStore,
  type UnsupportedStore,
  unsupportedStore,
} from '../../../data/Failure.js'
import { VERSION } from './meta.js'

const FORMAT = 'FORMAT'

const FIRST = 'data.mdb'

/** Files of tables, and what LMDB and a compaction write beside them. */
const TABLES = /^data(\.[0-9a-f-]{36})?\.mdb(-lock|\.rows|\.rows-lock)?$/

/** A name for the file of the tables that no other has had. */
export const anotherFile = (directory: string): string => path.join(directory, `data.${randomUUID()}.mdb`)

const MAGIC = 0xbeefc0de
const RECORD = 24
const DATA_VERSION = RECORD + 4
const PAGE_SIZE = RECORD + 24
/** Of the tree of free pages, and of the tree of tables. */
const TREES = [RECORD + 24, RECORD + 72]
const LAST_PAGE = RECORD + 120
const TRANSACTION = RECORD + 128
const RECORDED = RECORD + 144

type Refused = DamagedStore | UnsupportedStore

/** Writes so that a reader sees the old file or the whole new one, and a power cut leaves either. */
const writeWhole = (file: string, text: string): void => {
  // Nobody else has this name: not a thread of this process either.
  const beside = `${file}.${randomUUID()}`
  const handle = fs.openSync(beside, 'w')
  try {
    fs.writeSync(handle, text)
    fs.fsyncSync(handle)
  } finally {
    fs.closeSync(handle)
  }
  fs.renameSync(beside, file)
  const directory = fs.openSync(path.dirname(file), 'r')
  try {
    fs.fsyncSync(directory)
  } finally {
    fs.closeSync(directory)
  }
}

const UNFINISHED = ', unfinished'

/** What the marker says: whether the store that it marks was ever whole, and the file of its tables. */
export interface Marker {
  readonly state: 'whole' | 'unfinished'
  readonly file: string
}

/** Makes a directory and those above it. Node's own recursion has no end where a file system has no place for one. */
const made = (directory: string): void => {
  if (fs.existsSync(directory)) return
  const above = path.dirname(directory)
  if (above !== directory) made(above)
  try {
    fs.mkdirSync(directory)
  } catch (cause) {
    // Somebody else was quicker.
    if (!fs.existsSync(directory)) throw cause
  }
}

/**
 * Reads the marker; makes one, of a store that is not finished, in a directory that is new or empty. Throws what the file system throws.
 */
export const marked = (directory: string, create: boolean): E.Either<Refused, Marker> => {
  const file = path.join(directory, FORMAT)
  if (create) made(directory)
  if (!fs.existsSync(directory)) return E.left(damagedStore(directory, 'there is no such directory'))
  if (!fs.existsSync(file)) {
    const others = fs.readdirSync(directory).filter((name) => !name.startsWith(FORMAT))
    // Another process may have made the store since; it writes the marker before anything else.
    if ((others.length > 0 || !create) && !fs.existsSync(file))
      return E.left(damagedStore(directory, `it holds no ${FORMAT}, so it is no store of coppice`))
    if (!fs.existsSync(file)) writeWhole(file, `coppice store ${VERSION}${UNFINISHED}\n`)
  }
  const text = fs.readFileSync(file, 'utf8')
  const [, version, unfinished, , name = FIRST] =
    /^coppice store (\d{1,9})(, unfinished)?(, in (data\.[0-9a-f-]{36}\.mdb))?\n$/.exec(text) ?? []
  if (version === undefined) return E.left(damagedStore(directory, `its ${FORMAT} is garbled`))
  return Number(version) > VERSION
    ? E.left(unsupportedStore(directory, Number(version), VERSION))
    : E.right({
        state: unfinished === undefined ? 'whole' : 'unfinished',
        file: path.join(directory, name),
      })
}

/** Says that the store is whole: from now on it is missed if it is gone. */
export const finish = (directory: string): void =>
  writeWhole(path.join(directory, FORMAT), `coppice store ${VERSION}\n`)

/** Says that the tables are in another file, which is whole. */
export const move = (directory: string, file: string): void =>
  writeWhole(path.join(directory, FORMAT), `coppice store ${VERSION}, in ${path.basename(file)}\n`)

/** Takes away files of tables that nobody needs, and what is beside them. */
export const discard = (file: string): void => {
  for (const name of [file, `${file}-lock`]) fs.rmSync(name, { force: true })
}

/** Takes away all files of tables but one: what those left who were killed while they compacted. */
export const discardBut = (directory: string, file: string): void => {
  const kept = path.basename(file)
  for (const name of fs.readdirSync(directory))
    if (TABLES.test(name) && name !== kept && name !== `${kept}-lock`)
      fs.rmSync(path.join(directory, name), { force: true })
}

interface Records {
  readonly pageSize: number
  readonly pages: number
}

/** Flags of a tree: integers as keys for free pages, nothing for tables; beside flags of how the file was opened. */
const ORDERS = [8, 0]
const ORDER = 0xffff & ~0x5000
/** Flags of a page, and what they are of a record. */
const PAGE_FLAGS = 18
const IS_RECORD = 8
/** LMDB's stack for a walk down a tree. */
const DEEPEST = 32
const NO_ROOT = 2n ** 64n - 1n

const isTree = (bytes: Buffer, at: number, order: number, pages: number): boolean => {
  const root = bytes.readBigUInt64LE(at + 40)
  const isRoot = root === NO_ROOT || (root >= 2n && root < BigInt(pages))
  return isRoot && (bytes.readUInt16LE(at + 4) & ORDER) === order && bytes.readUInt16LE(at + 6) <= DEEPEST
}

const record = (
  bytes: Buffer,
  at: number,
): { pageSize: number; pages: number; order: bigint } | undefined => {
  if (bytes.length < at + RECORDED || bytes.readUInt32LE(at + RECORD) !== MAGIC) return undefined
  if (bytes.readUInt32LE(at + DATA_VERSION) !== 2 || bytes.readUInt16LE(at + PAGE_FLAGS) !== IS_RECORD)
    return undefined
  const pages = Number(bytes.readBigUInt64LE(at + LAST_PAGE)) + 1
  if (!TREES.every((tree, n) => isTree(bytes, at + tree, ORDERS[n]!, pages))) return undefined
  return {
    pageSize: bytes.readUInt32LE(at + PAGE_SIZE),
    pages,
    order: bytes.readBigUInt64LE(at + TRANSACTION),
  }
}

const records = (handle: number): Records | string => {
  const bytes = Buffer.alloc(2 * 65536)
  const page = bytes.subarray(0, fs.readSync(handle, bytes, 0, bytes.length, 0))
  const first = record(page, 0)
  if (first === undefined) return 'its first record is garbled'
  const { pageSize } = first
  if (pageSize < 256 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0)
    return `it claims pages of ${pageSize} bytes`
  const second = record(page, pageSize)
  if (second === undefined || second.pageSize !== pageSize) return 'its second record is garbled'
  const last = second.order > first.order ? second : first
  return last.pages > 2 ** 40 ? `it claims ${last.pages} pages` : { pageSize, pages: last.pages }
}

/**
 * Whether a file can be mapped: `whole`, or `short` if it lacked pages that it claims, and was given empty ones so that
 * reading them kills nobody.
 */
export const checked = ({ state, file }: Marker): E.Either<DamagedStore, 'new' | 'whole' | 'short'> => {
  if (!fs.existsSync(file) || fs.statSync(file).size === 0)
    return state === 'unfinished' ? E.right('new') : E.left(damagedStore(file, 'it is gone, or empty'))
  const handle = fs.openSync(file, 'r')
  try {
    // A record that is being written while it is read is whole a moment later.
    const found = [records(handle), records(handle)].find((r) => typeof r !== 'string') ?? records(handle)
    if (typeof found === 'string') return E.left(damagedStore(file, found))
    const size = found.pages * found.pageSize
    const actual = fs.fstatSync(handle).size
    if (actual >= size) return E.right('whole')
    // LMDB leaves out a few free pages at the end. What claims much more would only be given room to be copied.
    if (2 * actual < size) return E.left(damagedStore(file, `it has ${actual} bytes of ${size}`))
    lengthen(file, size - actual)
    return E.right('short')
  } finally {
    fs.closeSync(handle)
  }
}

const ZEROS = new Uint8Array(1 << 20)

/** Appends zeros: if somebody writes behind what was the end meanwhile, they come behind that, and nothing is lost. */
const lengthen = (file: string, bytes: number): void => {
  const handle = fs.openSync(file, 'a')
  try {
    for (let left = bytes; left > 0; left -= ZEROS.length)
      fs.writeSync(handle, ZEROS.subarray(0, Math.min(left, ZEROS.length)))
  } finally {
    fs.closeSync(handle)
  }
}

/**
 * Reads every key and value of every table, writes them back and reads them again, in a copy and in a process that may
 * die of it. A tree that leads back into itself has more entries than it says. LMDB makes the copy, of one moment of a
 * file that others may be writing.
 */
const PROBE = `
const { open } = require(process.argv[1])
const [, , file, copy] = process.argv
const given = { noSubdir: true, encoding: 'binary', keyEncoding: 'binary', maxDbs: 8 }
const probe = () => {
  const root = open({ ...given, path: copy, noSync: true })
  const names = [...root.getKeys({ limit: 8 })].map((key) => key.toString().replace(/\\0$/, ''))
  const tables = names.map((name) => root.openDB({ name, encoding: 'binary', keyEncoding: 'binary', create: false }))
  for (const write of [false, true, false]) {
    for (const table of tables) {
      let left = table.getStats().entryCount
      for (let start = Buffer.from([0]), exclusiveStart = false; ; exclusiveStart = true) {
        const entries = [...table.getRange({ start, exclusiveStart, limit: 1000 })]
        if (entries.length === 0) break
        left -= entries.length
        if (left < 0) throw new Error('Error: a tree leads back into itself')
        if (write) root.transactionSync(() => entries.forEach(({ key, value }) => table.putSync(key, value)))
        start = Buffer.from(entries[entries.length - 1].key)
      }
      if (left > 0) throw new Error('Error: a tree has lost entries')
    }
  }
  process.stdout.write('read')
  process.exit()
}
open({ ...given, path: file, readOnly: true }).backup(copy, false).then(probe)
`

/**
 * Whether a suspect store can be read and written to its end, found out by a process of its own with a copy of its own.
 * O(bytes), on the disk too. Throws what the file system throws.
 */
export const probe = ({ file }: Marker): E.Either<DamagedStore, void> => {
  const lmdb = createRequire(import.meta.url).resolve('lmdb')
  const beside = fs.mkdtempSync(path.join(tmpdir(), 'coppice-probe-'))
  try {
    const copy = path.join(beside, FIRST)
    const { stdout, signal, stderr } = spawnSync(process.execPath, ['-e', PROBE, lmdb, file, copy], {
      encoding: 'utf8',
    })
    if (stdout === 'read') return E.right(undefined)
    const said = stderr
      .split('\n')
      .find((line) => line.includes('Error'))
      ?.trim()
    return E.left(
      damagedStore(file, signal === null ? (said ?? 'it cannot be read') : `reading it ended in ${signal}`),
    )
  } finally {
    fs.rmSync(beside, { recursive: true, force: true })
  }
}
