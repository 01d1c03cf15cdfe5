import { applyPatch } from 'rfc6902'
import { test } from 'vitest'
import { checkAll } from '../../laws/Law.js'
import { jsonPatchLaws, patchCodecLaws } from '../../laws/sequence/patchCodecLaws.js'
import { patchLaws, patchVisitLaws } from '../../laws/sequence/patchLaws.js'
import { modes } from '../../laws/trie/settings.js'
import * as Patch from '../../src/trie/Patch.js'

/** `rfc6902` refuses to touch a prototype, so it passes over a key of this name. */
const SHUNNED = ['__proto__', 'constructor', 'prototype']

const applied = (before: unknown, operations: ReadonlyArray<Patch.JsonOperation>): unknown => {
  const holder = structuredClone(before)
  for (const error of applyPatch(holder, operations as never)) if (error !== null) throw error
  return holder
}

for (const [name, mode] of Object.entries(modes)) checkAll(patchLaws(`Patch ${name}`, Patch, mode), test, 8)
checkAll(patchVisitLaws('Patch', Patch), test, 8)
checkAll(patchCodecLaws('Patch', Patch), test, 50)
checkAll(jsonPatchLaws('Patch', Patch, applied, SHUNNED), test, 50)
