/** A row that does not say yet of which bench it is. */
import type { Row } from '../Bench.js'

export type Figure = Omit<Row, 'bench'>
