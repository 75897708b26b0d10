import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CertificateError, type Clock } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Certificate, CertificateWatch, readCertificate } from '../../lib/transport/certificate.js'
import { certificate, folder, type Pair, read } from '../support/certificates.js'
import { deferred, rejection } from '../support/service.js'

const home = folder()
const old = certificate(home, 'old')
const fresh = certificate(home, 'fresh')

/** Runs looks one at a time: each sets the alarm for the next when it has ended. */
class Looks implements Clock {
  #next: () => void = () => {}
  #set = deferred()
  delay = 0
  running = 0

  now(): number {
    return 0
  }

  setTimeout(fn: () => void, ms: number): number {
    this.#next = fn
    this.delay = ms
    this.running += 1
    this.#set.resolve()
    return 1
  }

  clearTimeout(): void {
    this.running -= 1
  }

  async look(times = 1): Promise<void> {
    for (let i = 0; i < times; i++) {
      this.#set = deferred()
      this.running -= 1
      this.#next()
      await this.#set.promise
    }
  }
}

interface Watching {
  readonly pair: Pair
  readonly clock: Looks
  readonly taken: Certificate[]
  readonly rejected: CertificateError[]
}

let count = 0

/** A pair of files that are watched, for the time of `body`. */
async function watching(body: (watching: Watching) => Promise<void>, pair = copy(old)): Promise<void> {
  const clock = new Looks()
  const taken: Certificate[] = []
  const rejected: CertificateError[] = []
  const watch = new CertificateWatch(pair, await readCertificate(pair), {
    clock,
    every: 5000,
    changed: (next) => void taken.push(next),
    rejected: (error) => void rejected.push(error),
  })
  await body({ pair, clock, taken, rejected })
  watch.stop()
  assert.is(clock.running, 0)
}

function copy(from: Pair): Pair {
  count += 1
  const pair = { cert: join(home, `live-${count}.crt`), key: join(home, `live-${count}.key`) }
  copyFileSync(from.cert, pair.cert)
  copyFileSync(from.key, pair.key)
  return pair
}

test('files that are replaced by renaming are taken, once', () =>
  watching(async ({ pair, clock, taken, rejected }) => {
    await clock.look(3)
    assert.is(taken.length, 0)
    const next = copy(fresh)
    renameSync(next.cert, pair.cert)
    renameSync(next.key, pair.key)
    await clock.look(5)
    assert.is(clock.delay, 5000)
    assert.is(taken.length, 1)
    assert.equal(taken[0]?.cert, read(fresh).cert)
    assert.equal(taken[0]?.key, read(fresh).key)
    assert.is(rejected.length, 0)
  }))

test('links that point elsewhere are followed, be it to a file or over a folder', async () => {
  const archive = { cert: join(home, 'archive.crt'), key: join(home, 'archive.key') }
  symlinkSync(old.cert, archive.cert)
  symlinkSync(old.key, archive.key)
  await watching(async ({ clock, taken }) => {
    for (const name of ['cert', 'key'] as const) {
      rmSync(archive[name])
      symlinkSync(fresh[name], archive[name])
    }
    await clock.look(2)
    assert.equal(taken[0]?.cert, read(fresh).cert)
  }, archive)

  // As orchestrators do: the files are links through a link to a folder, which is renamed over the old one.
  for (const [name, from] of Object.entries({ one: old, two: fresh })) {
    mkdirSync(join(home, name))
    copyFileSync(from.cert, join(home, name, 'tls.crt'))
    copyFileSync(from.key, join(home, name, 'tls.key'))
  }
  symlinkSync('one', join(home, 'data'))
  const pair = { cert: join(home, 'data/tls.crt'), key: join(home, 'data/tls.key') }
  await watching(async ({ clock, taken }) => {
    symlinkSync('two', join(home, 'data-new'))
    renameSync(join(home, 'data-new'), join(home, 'data'))
    await clock.look(2)
    assert.equal(taken[0]?.cert, read(fresh).cert)
  }, pair)
})

test('a certificate whose key comes a look later is taken with it, without a complaint between', () =>
  watching(async ({ pair, clock, taken, rejected }) => {
    copyFileSync(fresh.cert, pair.cert)
    await clock.look()
    copyFileSync(fresh.key, pair.key)
    await clock.look(2)
    assert.is(taken.length, 1)
    assert.is(rejected.length, 0)
  }))

test('what can not be used is told once, and the next good one is taken', () =>
  watching(async ({ pair, clock, taken, rejected }) => {
    writeFileSync(pair.cert, 'not a certificate')
    await clock.look(5)
    assert.is(rejected.length, 1)
    assert.match(rejected[0]?.message as string, `no TLS certificate in ${pair.cert}`)
    rmSync(pair.key)
    await clock.look(5)
    assert.is(rejected.length, 2)
    assert.match(rejected[1]?.message as string, `Can't read the TLS key ${pair.key}`)
    assert.is(taken.length, 0)
    copyFileSync(fresh.cert, pair.cert)
    copyFileSync(fresh.key, pair.key)
    await clock.look(5)
    assert.is(taken.length, 1)
    assert.is(rejected.length, 2)
  }))

test('the pair that was in use is taken again after a bad one, and a key of another certificate never', () =>
  watching(async ({ pair, clock, taken, rejected }) => {
    copyFileSync(fresh.key, pair.key)
    await clock.look(3)
    assert.is(taken.length, 0)
    assert.match(rejected[0]?.message as string, /does not belong to the certificate/)
    copyFileSync(old.key, pair.key)
    await clock.look(3)
    assert.is(taken.length, 1)
  }))

test('what can not be used at the start is named, with what to do', async () => {
  const rubbish = join(home, 'rubbish')
  writeFileSync(rubbish, 'rubbish')
  const locked = certificate(home, 'locked', '-passout', 'pass:hunter2')
  const cases: [files: Pair, message: RegExp][] = [
    [{ ...old, cert: join(home, 'none') }, /read the TLS certificate .*none: ENOENT.*--tlsCert=FILE/],
    [{ ...old, key: join(home, 'none') }, /read the TLS key .*none: ENOENT.*--tlsKey=FILE/],
    [{ ...old, key: home }, /read the TLS key .*EISDIR/],
    [{ ...old, cert: rubbish }, /no TLS certificate in .*rubbish.*--tlsCert=FILE/],
    [{ ...old, key: rubbish }, /no TLS key in .*rubbish that can be used.*--tlsKey=FILE/],
    [{ ...old, key: fresh.key }, /key in .*fresh\.key does not belong to the certificate in .*old\.crt/],
    [locked, /no TLS key in .*locked\.key.*\{ passphrase \}/],
    [{ ...old, key: '' }, /No key is given for TLS.*--tlsKey=FILE/],
    [{ ...old, cert: '' }, /No certificate is given for TLS.*--tlsCert=FILE/],
  ]
  for (const [files, message] of cases) {
    const error = (await rejection(readCertificate(files))) as CertificateError
    assert.instance(error, CertificateError)
    assert.is(error.code, 'MARA_CERTIFICATE')
    assert.match(error.message, message)
    assert.not.match(error.message, 'hunter2')
  }
  await readCertificate({ ...locked, passphrase: 'hunter2' })
})

test.run()
