import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hasherLaws } from '../../laws/data/hasher.js'
import { checkAll } from '../../laws/Law.js'
import { Digest, Hasher } from '../../src/index.js'

interface Vectors {
  readonly source: string
  readonly vectors: Readonly<Record<string, string>>
}

const { vectors } = JSON.parse(
  readFileSync(new URL('./blake3-vectors.json', import.meta.url), 'utf8'),
) as Vectors

const input = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i % 251)

const wasm = await Hasher.ready()

test('the fast hasher is there', () => {
  expect(wasm.name).toBe('wasm')
  expect(Hasher.current()).toBe(wasm)
})

describe.each([Hasher.noble, wasm, { name: 'hash', digest: Hasher.hash }])('$name', (hasher) => {
  test.each(Object.entries(vectors))('official vector of %s bytes', (length, hex) => {
    expect(Digest.toHex(hasher.digest(input(Number(length))))).toBe(hex)
  })
})

checkAll(hasherLaws(Hasher.noble, wasm), test)
checkAll(hasherLaws(Hasher.noble, Hasher.noble), test)
checkAll(hasherLaws(wasm, { name: 'hash', digest: Hasher.hash }), test)

test('a Buffer out of a pool is read within its bounds', () => {
  const b = Buffer.from('some bytes in the middle of a pool')
  expect(wasm.digest(b)).toBe(Hasher.noble.digest(Uint8Array.from(b)))
})
