/** Directories that change while `coppice commit` reads them. */
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { places, type Shell } from './shell.js'

const { planted, end } = places()
afterAll(end)

const ended = async (child: ReturnType<Shell['begun']>) => {
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    new Promise<number | null>((resolve) => child.on('exit', resolve)),
  ])
  return { status, stdout, stderr }
}

/** Whether a process has a file open. */
const holds = (pid: number, file: string): boolean => {
  try {
    const open = `/proc/${pid}/fd`
    return readdirSync(open).some((one) => {
      try {
        return readlinkSync(join(open, one)) === file
      } catch {
        return false
      }
    })
  } catch {
    return false
  }
}

// Only where the system shows what a process has open can it be stopped in the midst of a file.
describe.skipIf(!existsSync('/proc/self/fd'))('while a file is open', () => {
  test.each<readonly [string, (large: string) => void]>([
    ['it grows', (large) => appendFileSync(large, 'x')],
    ['it is cut off', (large) => truncateSync(large, 1000)],
    [
      'another takes its place',
      (large) => {
        writeFileSync(`${large}.new`, 'x')
        renameSync(`${large}.new`, large)
      },
    ],
    ['another comes beside it', (large) => writeFileSync(`${large}.too`, 'x')],
  ])('%s', async (_, change) => {
    const at = planted()
    const large = join(at.place, 'work', 'large')
    at.write('work/large', randomBytes(40_000_000))
    const before = [at.ok('head'), at.ok('operations')]
    const child = at.begun('commit', 'work', '-m', 'changing')
    onTestFinished(() => void child.kill('SIGKILL'))
    const done = ended(child)
    while (child.exitCode === null && !holds(child.pid!, large)) await setTimeout(1)
    child.kill('SIGSTOP')
    expect(holds(child.pid!, large)).toBe(true)
    change(large)
    child.kill('SIGCONT')
    const { status, stdout, stderr } = await done
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^coppice: "[^\n"]*work(\/large)?" changed while it was read\n$/)
    expect([at.ok('head'), at.ok('operations')]).toEqual(before)
    expect(at.json('fsck').clean).toBe(true)
  })
})

describe('while files are replaced all the time', () => {
  const names = Array.from({ length: 60 }, (_, i) => `file-${i}`)
  const version = (name: string, n: number): string => `${name} in version ${n}\n`.repeat(500 + n)

  test('each comes in whole, or nothing does', async () => {
    const at = planted()
    let n = 0
    const replace = (name: string): void => {
      at.write('beside', version(name, n))
      renameSync(join(at.place, 'beside'), join(at.place, 'work/many', name))
    }
    for (const name of names) at.write(`work/many/${name}`, version(name, n))
    const outcomes: Array<number | null> = []
    for (let i = 0; i < 4; i++) {
      const before = at.ok('head')
      const child = at.begun('commit', 'work', '-m', 'changing')
      const done = ended(child)
      let isOver = false
      void done.then(() => {
        isOver = true
      })
      // The last time from before to after, the other times now and then.
      while (!isOver) {
        n++
        for (const name of names) replace(name)
        await setTimeout(i === 3 ? 0 : 300)
      }
      const { status, stdout, stderr } = await done
      outcomes.push(status)
      if (status === 0) {
        expect(stderr).toBe('')
        at.ok('materialise', 'main', `out-${i}`, '--at', 'many')
        for (const name of names) {
          const content = readFileSync(join(at.place, `out-${i}`, name), 'utf8')
          const found = /in version (\d+)\n/.exec(content)?.[1]
          expect(content === version(name, Number(found))).toBe(true)
        }
      } else {
        expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
        expect(stderr).toMatch(/^coppice: [^\n]+ changed while it was read\n$/)
        expect(at.ok('head')).toBe(before)
      }
    }
    expect(outcomes).toHaveLength(4)
    expect(at.json('commit', 'work', '-m', 'at rest').files).toBe(15 + names.length)
    expect(at.json('fsck').clean).toBe(true)
  })
})
