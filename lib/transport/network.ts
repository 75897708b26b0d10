/**
 * Whose connections count together. Whoever has one address of IPv6 has a whole network of them, at home as on a rented
 * machine (RFC 6177), and takes a new one whenever it likes: limits by address would hold nobody up.
 */
import { isIPv6 } from 'node:net'
import { checkText } from '../errors.js'

/** Those of a link (RFC 4291), and of IPv4 behind a translator (RFC 6052): there each address is somebody else's. */
const EACH_BY_ITSELF = /^(?:fe[89ab]|64:ff9b:)/i
/** Here are this machine, and all addresses of IPv4 in the form of IPv6 (RFC 4291). */
const NO_NETWORK = '0:0:0:0'

/** How many of an address's eight groups name the network. */
const NETWORK_GROUPS = 4

/**
 * What limits by address count by: an address of IPv4, or the network of one of IPv6, as in `2001:db8:0:7::/64`.
 *
 * @throws InvalidOptionError for what is no text.
 */
export function networkOf(address: string): string {
  checkText('networkOf()', 'address', address)
  if (!isIPv6(address) || EACH_BY_ITSELF.test(address)) return address
  const [head = '', tail = ''] = address.split('::')
  const groups = [...groupsOf(head), ...groupsOf(tail)]
  const zeros = Array.from({ length: 8 - groups.length }, () => '0')
  groups.splice(groupsOf(head).length, 0, ...zeros)
  const first = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16))
  const network = first.join(':')
  return network === NO_NETWORK ? address : `${network}::/64`
}

/**
 * A limit for an address: the one that is set, and else the usual one; undefined, where there is none. This machine has no
 * usual limit: everyone behind a proxy on it comes from there.
 */
export function limitFor(address: string, set: number | undefined, usual: number): number | undefined {
  const isLoopback = address === '::1' || address.startsWith('127.')
  return set ?? (isLoopback ? undefined : usual)
}

/** The last two may be written as an address of IPv4, which is in no network's name. */
function groupsOf(part: string): string[] {
  return part === '' ? [] : part.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]))
}
