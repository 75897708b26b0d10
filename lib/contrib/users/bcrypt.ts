/**
 * Passwords of services that ran on Mara for Python: bcrypt over SHA-512. Its `bcrypt2` hashed the digest in base64;
 * `bcrypt1` hashed its bytes, of which bcrypt saw those before the first zero. They are read, and never written: whoever
 * logs in gets a new hash.
 */
import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { MaraError } from '../../index.js'

/** bcrypt reads no more bytes of a password. */
const MOST_BYTES = 72

/** Characters of a hash; its cost is bounded, since 31 would take days. */
const BCRYPT = /^\$2[aby]\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/

/** An account has a password of an older kind, and the package that can check it is not installed. */
export class MissingPackageError extends MaraError {
  readonly code = 'MARA_MISSING_PACKAGE'

  constructor(cause: unknown) {
    super(
      'To read bcrypt passwords the package hash-wasm is needed, and it is not installed: npm install hash-wasm',
      {
        cause,
      },
    )
  }
}

export function isBcrypt(stored: string): boolean {
  return BCRYPT.test(stored)
}

/** @throws MissingPackageError */
export async function verifyBcrypt(password: string, stored: string): Promise<boolean> {
  const digest = createHash('sha512').update(password, 'utf8').digest()
  const end = digest.indexOf(0)
  const forms = [Buffer.from(digest.toString('base64')), digest.subarray(0, end === -1 ? undefined : end)]
  for (const form of forms) if (await verify(form, stored)) return true
  return false
}

// The package computes where it is called, and takes a second: so it is called in a thread.
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
import(workerData.url).then(({ bcryptVerify }) => bcryptVerify(workerData.task)).then((fits) => parentPort.postMessage(fits))
`

async function verify(bytes: Buffer, hash: string): Promise<boolean> {
  // No bytes are to bcrypt what one zero is; the package refuses none.
  const password = new Uint8Array(bytes.length === 0 ? [0] : bytes.subarray(0, MOST_BYTES))
  let url: string
  try {
    url = import.meta.resolve('hash-wasm')
  } catch (error) {
    throw new MissingPackageError(error)
  }
  const worker = new Worker(THREAD, {
    eval: true,
    execArgv: [],
    workerData: { url, task: { password, hash } },
  })
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
  } finally {
    await worker.terminate()
  }
}
