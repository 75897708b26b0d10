/** A server for clients that speak TLS. */

import { type Clock, checkClock, systemClock } from '../clock.js'
import { checkNames, InvalidOptionError } from '../errors.js'
import { protocolFor } from '../protocol/index.js'
import { checkMilliseconds } from '../wait.js'
import type { CertificateFiles } from './certificate.js'
import { DescribedServer, finite } from './described-server.js'
import type { Server, TlsDescription } from './server.js'
import { type TcpOptions, tcpAddress, type UnixOptions, unixAddress } from './tcp.js'

export interface TlsSettings extends CertificateFiles {
  /** Milliseconds that a peer has to shake hands; 10,000 unless said otherwise. */
  readonly handshakeTimeout?: number | undefined
  /** How many may be shaking hands at a time; beyond it the oldest is closed. 1,000 unless said otherwise. */
  readonly maxHandshakes?: number | undefined
  /**
   * How many one address may ask for in a minute, all at once or evenly; beyond it a connection is closed before one begins.
   * 1,000 unless said otherwise, and no limit for this machine.
   */
  readonly maxHandshakeRate?: number | undefined
  /** Milliseconds between two looks at the files for a new certificate; 5,000 unless said otherwise, Infinity is never. */
  readonly checkEvery?: number | undefined
  /** Where time comes from; a fake one in tests. */
  readonly clock?: Clock | undefined
}

/** The names of `TlsSettings`. */
export const TLS_OPTIONS = [
  'cert',
  'key',
  'passphrase',
  'handshakeTimeout',
  'maxHandshakes',
  'maxHandshakeRate',
  'checkEvery',
  'clock',
]

export type TlsOptions = (TcpOptions | UnixOptions) & TlsSettings

/**
 * A server for clients that speak TLS 1.2 or newer. New certificates are taken from the files while it runs.
 *
 * @throws InvalidOptionError
 */
export function tls(options: TlsOptions): Server {
  checkNames('tls()', options, ['port', 'host', 'path', 'protocol', ...TLS_OPTIONS], ['raw'])
  const address =
    'path' in options && options.path !== undefined
      ? unixAddress('tls()', options.path)
      : tcpAddress('tls()', options as TcpOptions)
  const { clock = systemClock } = options
  const description = { address, tls: describeTls('tls()', options) }
  return new DescribedServer(description, protocolFor(options), checkClock('tls()', clock))
}

/** @param caller for messages. */
export function describeTls(
  caller: string,
  {
    cert,
    key,
    passphrase,
    handshakeTimeout = 10_000,
    maxHandshakes = 1_000,
    maxHandshakeRate,
    checkEvery = 5_000,
  }: TlsSettings,
): TlsDescription {
  checkMilliseconds(caller, 'handshakeTimeout', handshakeTimeout)
  checkMilliseconds(caller, 'checkEvery', checkEvery)
  if (maxHandshakeRate !== undefined && !(typeof maxHandshakeRate === 'number' && maxHandshakeRate >= 1)) {
    throw new InvalidOptionError(caller, 'maxHandshakeRate', maxHandshakeRate, 'a number from 1 to Infinity')
  }
  return {
    cert,
    key,
    passphrase,
    handshakeTimeout: finite(handshakeTimeout),
    maxHandshakes: finite(maxHandshakes),
    ...(maxHandshakeRate !== undefined && { maxHandshakeRate: finite(maxHandshakeRate) }),
    checkEvery: finite(checkEvery),
  }
}
