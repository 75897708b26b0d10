/** TLS certificates for specs, made by openssl when they are asked for: nothing private is kept anywhere. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { find, install } from './debian.js'

export interface Pair {
  /** Paths. */
  readonly cert: string
  readonly key: string
}

const openssl = find('openssl') ?? (install('openssl') === undefined ? find('openssl') : undefined)

/** The program itself, as a client. */
export { openssl }

/** A folder of its own for certificates; it goes when the process ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mara-tls-'))
  process.once('exit', () => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Makes a certificate that signs itself, for 127.0.0.1 and localhost, and its key. */
export function certificate(directory: string, name: string, ...more: readonly string[]): Pair {
  if (openssl === undefined) throw new Error('there is no openssl to make certificates')
  const pair = { cert: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) }
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const files = ['-keyout', pair.key, '-out', pair.cert, '-subj', `/CN=${name}`]
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  const secret = more.includes('-passout') ? [] : ['-nodes']
  const { status, stderr } = spawnSync(openssl, [...request, ...files, ...names, ...secret, ...more], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`)
  return pair
}

export function read({ cert, key }: Pair): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(cert), key: readFileSync(key) }
}
