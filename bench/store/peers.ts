/** Who is compared. */
import type { Peer } from './Peer.js'
import { peer as coppice } from './peers/coppice.js'
import { peer as counted } from './peers/counted.js'
import { peer as files } from './peers/files.js'
import { peer as level } from './peers/level.js'
import { peer as lmdb } from './peers/lmdb.js'
import { peer as sqlite } from './peers/sqlite.js'

export const peers: ReadonlyArray<Peer> = [coppice, lmdb, counted, level, sqlite, files]

export const RAW: string = lmdb.name
export const COUNTED: string = counted.name
