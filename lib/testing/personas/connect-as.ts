/** Connects to a service as a telnet client does that is known, or that a test makes up. */
import { systemClock } from '../../clock.js'
import type { Acceptor } from '../../connect/connect.js'
import { dial, type SocketTarget } from '../../connect/dial.js'
import { checkNames, checkObject, InvalidOptionError } from '../../errors.js'
import { memoryPair } from '../../transport/memory.js'
import { checkMilliseconds } from '../../wait.js'
import type { Manners } from './manners.js'
import { Persona, type PersonaOptions } from './persona.js'
import { plainWire } from './wire.js'

const TARGETS = ['accept', 'port', 'path', 'url']
const OPTIONS = ['name', 'transcript', 'patience', 'columns', 'rows']

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
  checkObject('connectAs()', 'manners', manners, 'one of the personas, such as personas.putty')
  checkTarget(target)
  checkNames('connectAs()', options, OPTIONS)
  if (options.patience !== undefined) checkMilliseconds('connectAs()', 'patience', options.patience)
  if (!('accept' in target)) {
    return new Persona(await dial(target, systemClock, DIAL_TIMEOUT, undefined), manners, options)
  }
  const [ours, theirs] = memoryPair()
  const persona = new Persona(ours, manners, options, plainWire, target)
  target.accept(theirs)
  return persona
}

/** @throws InvalidOptionError */
function checkTarget(target: unknown): void {
  if (typeof target === 'object' && target !== null && TARGETS.some((name) => name in target)) return
  throw new InvalidOptionError(
    'connectAs()',
    'target',
    target,
    'a service, or an object that has a port or a path',
  )
}
