/** Directories on the disk that is measured, and files that are not in memory. */
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'

/** Work in a new directory, which is gone afterwards. */
export const inDirectory = async <A>(work: (directory: string) => Promise<A>): Promise<A> => {
  const directory = fs.mkdtempSync(path.join(tmpdir(), 'coppice-bench-'))
  try {
    return await work(directory)
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

export const under = (directory: string, name: string): string => {
  const made = path.join(directory, name.replace(/\W+/g, '-'))
  fs.mkdirSync(made, { recursive: true })
  return made
}

/** Asks the system to forget what it holds in memory of the files of a directory; whether it could be asked. */
export const forgetFiles = (directory: string): boolean =>
  fs.readdirSync(directory).every((name) => {
    const file = path.join(directory, name)
    // GNU dd passes `nocache` on to posix_fadvise; what is still to be written must be flushed first.
    const { status } = spawnSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fsync', 'count=0'])
    return status === 0
  })
