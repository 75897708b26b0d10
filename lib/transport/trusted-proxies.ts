/** From where a request came in truth, where a proxy stands before the service and is trusted to say so. */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { InvalidOptionError } from '../errors.js'

export class TrustedProxies {
  readonly #addresses = new BlockList()

  /**
   * @param names addresses (`192.0.2.1`, `::1`) and networks (`10.0.0.0/8`).
   * @throws InvalidOptionError
   */
  constructor(names: readonly string[]) {
    if (!Array.isArray(names)) throw refusal(names)
    for (const name of names) this.#add(name)
  }

  #add(name: string): void {
    if (typeof name !== 'string') throw refusal(name)
    const [address = '', prefix, ...rest] = name.split('/')
    const family = familyOf(address)
    const bits = prefix === undefined ? undefined : Number(prefix)
    const isNetwork =
      bits !== undefined && /^\d+$/.test(prefix ?? '') && bits <= (family === 'ipv4' ? 32 : 128)
    if (family === undefined || rest.length > 0 || (bits !== undefined && !isNetwork)) {
      throw refusal(name)
    }
    if (bits === undefined) this.#addresses.addAddress(address, family)
    else this.#addresses.addSubnet(address, bits, family)
  }

  has(address: string | undefined): boolean {
    const family = familyOf(address)
    return family !== undefined && this.#addresses.check(address as string, family)
  }

  /**
   * The nearest address that no trusted proxy has: each proxy adds at the end of X-Forwarded-For from whom it got the
   * request, so what stands before the first that is not trusted may be anybody's invention.
   *
   * @param peer from where the connection comes.
   */
  addressOf(peer: string | undefined, { headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
    let address = peer
    const hops = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',')
    while (this.has(address)) {
      const hop = plainHop(hops.pop()?.trim() ?? '')
      if (hop === undefined) break
      address = hop
    }
    return address
  }

  /** Whether the trusted proxy before the service was asked over TLS. */
  isSecure(peer: string | undefined, { headers }: Pick<IncomingMessage, 'headers'>): boolean {
    if (!this.has(peer)) return false
    const said = [headers['x-forwarded-proto'] ?? []].flat().join(',').split(',').pop()?.trim().toLowerCase()
    return said === 'https' || said === 'wss'
  }
}

function refusal(value: unknown): InvalidOptionError {
  const expected = "a list of addresses and networks, such as '127.0.0.1' or '10.0.0.0/8'"
  return new InvalidOptionError('websocket()', 'trustedProxies', value, expected)
}

function familyOf(address: string | undefined): 'ipv4' | 'ipv6' | undefined {
  const family = isIP(address ?? '')
  return family === 4 ? 'ipv4' : family === 6 ? 'ipv6' : undefined
}

/** An address of a list, without the port that some proxies add. */
function plainHop(hop: string): string | undefined {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop
  const plain = bare.toLowerCase().startsWith('::ffff:') && isIP(bare.slice(7)) === 4 ? bare.slice(7) : bare
  return isIP(plain) === 0 ? undefined : plain
}
