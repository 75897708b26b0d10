/** Which event it is that a client says something in telnet. Not in the catalogue, which programs import as it stands. */
import type { AnyClient } from '../client/client.js'
import type { TelnetEvent } from '../telnet/index.js'
import { EndOfFile, Interrupt, Resize, Telnet } from './catalogue.js'

/** The event for something that a client said in telnet. */
export function telnetEvent(client: AnyClient, telnet: TelnetEvent): Telnet {
  if (telnet.type === 'resize') return new Resize({ client, telnet })
  if (telnet.type === 'interrupt') return new Interrupt({ client, telnet })
  if (telnet.type === 'end-of-file') return new EndOfFile({ client, telnet })
  return new Telnet({ client, telnet })
}
