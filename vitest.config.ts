import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    execArgv: ['--expose-gc'],
    maxWorkers: 2,
    // `interface-blockstore-tests` imports it and does not declare it.
    alias: { 'aegir/chai': fileURLToPath(new URL('test/chai.ts', import.meta.url)) },
    server: { deps: { inline: ['interface-blockstore-tests'] } },
  },
})
