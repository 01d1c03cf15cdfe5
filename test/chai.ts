/** What `interface-blockstore-tests` imports as `aegir/chai`, which it does not declare. */
import { expect, use } from 'chai'
import chaiAsPromised from 'chai-as-promised'
import chaiParentheses from 'chai-parentheses'

use(chaiAsPromised)
// It changes the utilities that it is given; those of chai 6 cannot be changed.
use((chai, utilities) => chaiParentheses(chai, { ...utilities }))

export { expect }
