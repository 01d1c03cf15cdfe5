/** The process in which the job verifies what it has stored. */
import { serve } from './child.js'
import { type Claim, verify } from './verify.js'

serve((claim: Claim) => verify(claim))
