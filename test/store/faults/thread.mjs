/** Adds one so often to a head's number, from a thread of its own. */
import { workerData } from 'node:worker_threads'
import * as LmdbStore from '../../../dist/src/store/LmdbStore.js'
import { increment, right } from './counter.mjs'

const { directory, head, times, later } = workerData
const store = right(await LmdbStore.open(directory)())
await increment(store, head, times, later)
right(await store.close())
