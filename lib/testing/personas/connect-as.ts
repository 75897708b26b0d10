/** Connects to a service as a telnet client does that is known, or that a test makes up. */
import { systemClock } from '../../clock.js'
import type { Acceptor } from '../../connect/connect.js'
import { dial, type SocketTarget } from '../../connect/dial.js'
import { memoryPair } from '../../transport/memory.js'
import { checkMilliseconds } from '../../wait.js'
import type { Manners } from './manners.js'
import { Persona, type PersonaOptions } from './persona.js'
import { plainWire } from './wire.js'

/** Milliseconds. */
const DIAL_TIMEOUT = 5000

/**
 * Connects as a telnet client: in memory, or to an address.
 *
 * ```ts
 * const ann = await connectAs(personas.putty, service)
 * await ann.sees('Password: ')
 * ann.type('swordfish')
 * await ann.sees('Welcome')
 * assert.ok(!ann.screen.includes('swordfish'))
 * ```
 *
 * @throws ConnectError when nobody answers, TimeoutError, and InvalidOptionError.
 */
export async function connectAs(
  manners: Manners,
  target: SocketTarget | Acceptor,
  options: PersonaOptions = {},
): Promise<Persona> {
  if (options.patience !== undefined) checkMilliseconds('connectAs()', 'patience', options.patience)
  if (!('accept' in target)) {
    return new Persona(await dial(target, systemClock, DIAL_TIMEOUT, undefined), manners, options)
  }
  const [ours, theirs] = memoryPair()
  const persona = new Persona(ours, manners, options, plainWire, target)
  target.accept(theirs)
  return persona
}
