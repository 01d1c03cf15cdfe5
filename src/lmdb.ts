/** `coppice/lmdb`: the embedded store, and what mends and shrinks one. Needs the package `lmdb`. */
export * as Compact from './store/Compact.js'
export * as LmdbStore from './store/LmdbStore.js'
export * as Repair from './store/Repair.js'
