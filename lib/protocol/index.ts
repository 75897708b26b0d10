/** The protocols that come with the library, and the interface for more. */
export { bytes } from './bytes.js'
export { type ProtocolOptions, protocolFor } from './choice.js'
export { lines } from './lines.js'
export type {
  Protocol,
  ProtocolConnection,
  ProtocolHost,
  ProtocolSettings,
} from './protocol.js'
export { text } from './text.js'
