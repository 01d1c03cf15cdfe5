/** The process that one holder lives in. */
import { serve } from '../../src/cli/job/child.js'
import { footprint, type Question } from '../../src/cli/job/footprint.js'
import { holders } from './holders.js'

serve((question: Question) => {
  const holder = holders[question.holder]
  return holder === undefined
    ? Promise.reject(new Error(`no holder is called ${question.holder}`))
    : footprint(holder, question)
})
