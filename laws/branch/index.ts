export { brokenReferences } from './broken.js'
export { referenceLaws } from './referenceLaws.js'
export { type Operations, operations } from './Subject.js'
export { brokenStreams, streamLaws } from './streamLaws.js'
