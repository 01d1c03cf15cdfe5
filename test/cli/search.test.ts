import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const START = fileURLToPath(new URL('../../dist/src/cli/start.js', import.meta.url))

test('--search tries every search on problems with known answers, and agrees with the solver', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [START, '--search'], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const lines = stdout.split('\n').filter((line) => line.startsWith('│'))
  const cells = lines.map((line) => line.split('│').map((cell) => cell.trim()))
  const rows = cells.slice(1)
  expect(cells[0]).toEqual(['', 'problem', 'search', 'answer', 'solver', 'agree', ''])
  for (const search of ['beam', 'best of', 'MCTS'])
    expect(rows.filter((row) => row[2]!.startsWith(search)).length).toBeGreaterThan(3)
  for (const row of rows) expect(['yes', '']).toContain(row[5])
  // Attempts by chance may find nothing; the others have to agree.
  expect(rows.filter((row) => row[5] === '' && !row[2]!.startsWith('best of'))).toEqual([])
  expect(rows.filter((row) => row[4] === 'cannot be made').length).toBeGreaterThan(0)
})
