/**
 * A TLS certificate and its key, in files that are replaced while the server runs: by certbot, which renames and points
 * symbolic links elsewhere, by an orchestrator that swaps a whole folder, or by hand.
 */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { Alarm, Clock } from '../clock.js'
import { CertificateError } from './errors.js'

export interface CertificateFiles {
  /** The file with the certificate in PEM, the ones that vouch for it (its chain) behind it. */
  readonly cert: string
  /** The file with its private key in PEM. */
  readonly key: string
  /** What the key is encrypted with, if it is. */
  readonly passphrase?: string | undefined
}

/** What the files hold, read and checked. */
export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
  readonly passphrase?: string
  /** In milliseconds since the epoch. */
  readonly expires: number
}

const GIVE_CERT = 'Give the file of a certificate in PEM: --tlsCert=FILE, MARA_TLS_CERT=FILE or { cert }.'
const GIVE_KEY =
  "Give the file of the certificate's private key in PEM: --tlsKey=FILE, MARA_TLS_KEY=FILE or { key }."

/** @throws CertificateError that names the file and says what to do. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  return check(files, await readBoth(files))
}

async function readBoth({ cert, key }: CertificateFiles): Promise<[cert: Buffer, key: Buffer]> {
  // Named here: a program or a settings file may give one of the two and forget the other.
  if (!cert) throw new CertificateError('No certificate is given for TLS', GIVE_CERT)
  if (!key) throw new CertificateError('No key is given for TLS', GIVE_KEY)
  return Promise.all([
    readFile(cert).catch((error) => fail(`Can't read the TLS certificate ${cert}`, GIVE_CERT, error)),
    readFile(key).catch((error) => fail(`Can't read the TLS key ${key}`, GIVE_KEY, error)),
  ])
}

function check({ passphrase, ...files }: CertificateFiles, [cert, key]: [Buffer, Buffer]): Certificate {
  let certificate: X509Certificate
  let privateKey: KeyObject
  try {
    certificate = new X509Certificate(cert)
  } catch (error) {
    fail(`There is no TLS certificate in ${files.cert}`, GIVE_CERT, error)
  }
  const secret = passphrase === undefined ? {} : { passphrase }
  try {
    privateKey = createPrivateKey({ key, ...secret })
  } catch (error) {
    fail(
      `There is no TLS key in ${files.key} that can be used`,
      `${GIVE_KEY} An encrypted one needs { passphrase }.`,
      error,
    )
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CertificateError(
      `The TLS key in ${files.key} does not belong to the certificate in ${files.cert}`,
      'Give the key with which the certificate was requested.',
    )
  }
  try {
    createSecureContext({ cert, key, ...secret })
  } catch (error) {
    fail(
      `The TLS certificate in ${files.cert} can't be used`,
      'Have a new one made, with a key of 2,048 bits or more.',
      error,
    )
  }
  return { cert, key, ...secret, expires: Date.parse(certificate.validTo) }
}

function fail(problem: string, hint: string, cause: unknown): never {
  throw new CertificateError(problem, hint, cause as Error)
}

export interface CertificateWatchHost {
  readonly clock: Clock
  /** How often to look, in milliseconds. */
  readonly every: number
  /** There is a new one, and it is good. */
  changed(certificate: Certificate): void
  /** There is a new one that can't be used. */
  rejected(error: CertificateError): void
}

/**
 * Reads the files every few seconds and looks whether they hold something else: a few kilobytes, and no way of replacing a
 * file escapes it, as renames, links and network disks escape the system's notices.
 */
export class CertificateWatch {
  readonly #files: CertificateFiles
  readonly #host: CertificateWatchHost
  /** Of what is in use, or was looked at and can't be used. */
  #known: string
  /** Of what was there at the last look. */
  #last: string
  #alarm: Alarm
  #stopped = false

  constructor(files: CertificateFiles, { cert, key }: Certificate, host: CertificateWatchHost) {
    this.#files = files
    this.#host = host
    this.#known = digest([cert, key])
    this.#last = this.#known
    this.#wait()
  }

  stop(): void {
    this.#stopped = true
    this.#host.clock.clearTimeout(this.#alarm)
  }

  #wait(): void {
    const { clock, every } = this.#host
    this.#alarm = clock.setTimeout(() => void this.#look(), every, { keepAlive: false })
  }

  async #look(): Promise<void> {
    const found = await readBoth(this.#files).catch((error: CertificateError) => error)
    if (this.#stopped) return
    const now = found instanceof Error ? found.message : digest(found)
    // The two files are never replaced in the same moment, so a change counts once it has lasted from look to look.
    if (now !== this.#known && now === this.#last) {
      this.#known = now
      this.#take(found)
    }
    this.#last = now
    this.#wait()
  }

  #take(found: [Buffer, Buffer] | CertificateError): void {
    try {
      if (found instanceof Error) throw found
      this.#host.changed(check(this.#files, found))
    } catch (error) {
      this.#host.rejected(error as CertificateError)
    }
  }
}

function digest(parts: readonly Buffer[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length} `).update(part)
  return hash.digest('base64')
}
