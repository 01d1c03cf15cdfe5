import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hashers } from '../../laws/data/broken.js'
import { hasherLaws } from '../../laws/data/hasher.js'
import { checkAll, rejected } from '../../laws/Law.js'
import { Digest, Hasher } from '../../src/data/index.js'

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

test.each(Object.entries(hashers(Hasher.noble)))('a hasher that %s is rejected', async (_, hasher) => {
  expect(await rejected(hasherLaws(Hasher.noble, hasher))).not.toEqual([])
})

test('each law rejects something', async () => {
  const all = await Promise.all(
    Object.values(hashers(Hasher.noble)).map((hasher) => rejected(hasherLaws(Hasher.noble, hasher))),
  )
  const names = hasherLaws(Hasher.noble, Hasher.noble).laws.map((law) => law.name)
  expect(names.filter((name) => !all.flat().includes(name))).toEqual([])
})

test('a Buffer out of a pool is read within its bounds', () => {
  const b = Buffer.from('some bytes in the middle of a pool')
  expect(wasm.digest(b)).toBe(Hasher.noble.digest(Uint8Array.from(b)))
})
