/** The process in which the job measures a holder. */
import { serve } from './child.js'
import { footprint, type Question } from './footprint.js'
import { copies, coppice, type Holder } from './holders.js'

const holders: { readonly [name: string]: Holder } = { coppice, copies }

serve((question: Question) => {
  const holder = holders[question.holder]
  return holder === undefined
    ? Promise.reject(new Error(`no holder is called ${question.holder}`))
    : footprint(holder, question)
})
