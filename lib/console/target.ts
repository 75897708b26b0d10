/** The service that a console is for, whatever its clients are, and whatever they send. */
import type { Service } from '../index.js'

// biome-ignore lint/suspicious/noExplicitAny: as it says
export type Target = Service<any, any, any>
