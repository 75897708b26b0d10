/** What a wait for a client's line can end in, other than a line. */
import { MaraError } from '../errors.js'

/** The client has gone, or was closed, and every line it sent before has been read (contract rule 12). */
export class ClientDisconnectedError extends MaraError {
  readonly code = 'MARA_CLIENT_DISCONNECTED'

  /** The client that has gone; or its text, where a program that threw this error itself gave no more. */
  declare readonly client: unknown

  /** @param client the client, or its text. */
  constructor(client: unknown) {
    super(
      `${client} has disconnected: there are no more lines to wait for, and nothing more can be sent. ` +
        'Let this error leave the handler to end it quietly, or clean up in finally.',
    )
    // Not among the properties that logs print: a client is large.
    Object.defineProperty(this, 'client', { value: client, enumerable: false })
  }
}
