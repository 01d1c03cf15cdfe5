/**
 * Runs every example: the fenced TypeScript in the doc comments of `src` and `laws`, and in the README. They are
 * compiled against the package by its own name, so that they see what a user sees.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
// Inside the package, where Node and TypeScript resolve its name to itself.
const out = join(root, 'dist', 'examples')

interface Example {
  readonly name: string
  readonly code: string
}

const fenced = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!)

const inComments = (file: string): ReadonlyArray<Example> =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(/@example\n([\s\S]*?)(?=\n\s*\*\/|\n\s*\* @)/g),
  ].flatMap(([, comment]) =>
    fenced(`${comment!.replace(/^\s*\* ?/gm, '')}\n`).map((code, i) => ({ name: `${file} ${i}`, code })),
  )

const files = ['src', 'laws']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith('.ts'))
  .sort()
const readme = fenced(readFileSync(join(root, 'README.md'), 'utf8')).map((code, i) => ({
  name: `README ${i}`,
  code,
}))
const examples = [...files.flatMap(inComments), ...readme]
const place = (i: number): string => join(out, `example${i}.ts`)

describe('examples', () => {
  beforeAll(() => {
    rmSync(out, { recursive: true, force: true })
    mkdirSync(out, { recursive: true })
    for (const [i, { code }] of examples.entries()) writeFileSync(place(i), code)
    writeFileSync(
      join(out, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../tsconfig.json',
        compilerOptions: { noEmit: false, outDir: 'js', rootDir: '.', noUnusedLocals: false },
        include: ['*.ts'],
      }),
    )
  })

  test('are there', () => expect(examples.length).toBeGreaterThan(10))

  test('compile', () => {
    try {
      execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', out], { encoding: 'utf8' })
    } catch (error) {
      const text = (error as { stdout: string }).stdout
      throw new Error(text.replace(/example(\d+)\.ts/g, (_, i: string) => examples[Number(i)]!.name))
    }
  })

  test.each(examples.map((example, i) => [example.name, i] as const))('%s', (_, i) => {
    execFileSync(process.execPath, [join(dirname(place(i)), 'js', `example${i}.js`)], { stdio: 'pipe' })
  })
})
