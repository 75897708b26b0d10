// time limit: 90 s
import { once } from 'node:events'
import {
  chmodSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { removeLeftovers, writeAtomic } from '../../../lib/storage/backends/atomic.js'
import { Random } from '../../support/random.js'
import { bodyOf } from '../fixtures/page.js'
import { startFixture } from '../support/child.js'
import { rejection } from '../support/people.js'
import { temporaryDirectory } from '../support/temporary.js'

const test = suite('storage backend atomic')

/**
 * Runs the saver until it has reported `count` saves, and kills it there and then.
 *
 * @returns whether that came before it had ended by itself.
 */
async function killAfter(directory: string, count: number, safe: Map<string, number>): Promise<boolean> {
  const child = startFixture('saver', directory)
  const ended = once(child, 'exit')
  let reported = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const [key = '', n] = line.split(' ')
    // What it had said before it died counts too, and arrives later than the kill.
    if (n !== undefined) safe.set(key, Math.max(safe.get(key) ?? 0, Number(n)))
    if (++reported === count) child.kill('SIGKILL')
  }
  const [code, signal] = await ended
  assert.ok(signal === 'SIGKILL' || code === 0, `the program failed with ${code ?? signal}`)
  return signal === 'SIGKILL'
}

test('a process killed at any moment of 1,000 saves leaves every file whole, old or new', async () => {
  const directory = temporaryDirectory()
  const safe = new Map<string, number>()
  const random = new Random(1)
  const moments = Array.from({ length: 8 }, () => 1 + random.below(800))
  let kills = 0
  for (const moment of moments) {
    if (await killAfter(directory, moment, safe)) kills++
    const names = readdirSync(join(directory, 'page'))
    const saved = names.filter((name) => !name.startsWith('.'))
    for (const name of saved) {
      const told = `${name} after kills at ${moments}`
      assert.match(name, /^page-\d-\d\.json$/, told)
      const key = name.replace('.json', '')
      const text = readFileSync(join(directory, 'page', name), 'utf8')
      const { n, body } = JSON.parse(text)
      assert.ok(body === bodyOf(key, n), `${told}: the text of state ${n} is not that of state ${n}`)
      assert.ok(text.endsWith('}\n'), told)
      assert.ok(
        n >= (safe.get(key) ?? 0),
        `${told}: state ${safe.get(key)} was said to be safe, and ${n} is there`,
      )
    }
    for (const key of safe.keys())
      assert.ok(saved.includes(`${key}.json`), `${key} was said to be safe and is gone`)
  }
  assert.ok(kills > moments.length / 2, `only ${kills} were killed in time`)
  assert.ok(safe.size > 0)
})

test('the old text is there until the new one is, and nothing else stays', async () => {
  const directory = temporaryDirectory()
  const path = join(directory, 'a.json')
  await writeAtomic(path, 'old')
  const before = statSync(path).ino
  await writeAtomic(path, 'new')
  assert.is(readFileSync(path, 'utf8'), 'new')
  assert.is.not(statSync(path).ino, before, 'written in place')
  assert.equal(readdirSync(directory), ['a.json'])
})

test('a file keeps the permissions that a person gave it', async () => {
  const path = join(temporaryDirectory(), 'a.json')
  for (const mode of [0o600, 0o640, 0o666]) {
    writeFileSync(path, 'old')
    chmodSync(path, mode)
    await writeAtomic(path, 'new')
    assert.is(statSync(path).mode & 0o777, mode)
  }
})

test('a symbolic link stays one, and the file that it leads to is replaced', async () => {
  const [here, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
  const [link, file] = [join(here, 'a.json'), join(elsewhere, 'ann.json')]
  writeFileSync(file, 'old', { mode: 0o640 })
  symlinkSync(file, link)
  await writeAtomic(link, 'new')
  assert.is(readlinkSync(link), file)
  assert.is(readFileSync(file, 'utf8'), 'new')
  assert.is(statSync(file).mode & 0o777, 0o640)
  assert.equal([readdirSync(here), readdirSync(elsewhere)], [['a.json'], ['ann.json']])
})

test('a symbolic link that leads nowhere is refused, and stays', async () => {
  const directory = temporaryDirectory()
  const link = join(directory, 'a.json')
  symlinkSync(join(directory, 'away', 'a.json'), link)
  assert.is((await rejection<NodeJS.ErrnoException>(writeAtomic(link, 'new'))).code, 'ENOENT')
  assert.equal(readdirSync(directory), ['a.json'])
})

test('a write that fails leaves no temporary file and says what the system said', async () => {
  const directory = temporaryDirectory()
  symlinkSync('a.json', join(directory, 'a.json'))
  const error = await rejection<NodeJS.ErrnoException>(writeAtomic(join(directory, 'a.json'), 'new'))
  assert.is(error.code, 'ELOOP')
  assert.equal(readdirSync(directory), ['a.json'])
  assert.is(
    (await rejection<NodeJS.ErrnoException>(writeAtomic(join(directory, 'none', 'a'), ''))).code,
    'ENOENT',
  )
})

test('old leftovers are removed; young ones, which may be another process at work, and other files stay', async () => {
  const directory = temporaryDirectory()
  const leftover = '.a.json.0123456789abcdef.tmp'
  const others = ['.b.json.0123456789abcdef.tmp', 'a.json', '.hidden', 'x.tmp', '.c.json.xyz.tmp']
  const old = new Date(Date.now() - 2 * 60 * 60 * 1000)
  for (const name of [leftover, ...others]) {
    const path = join(directory, name)
    writeFileSync(path, '')
    if (name !== others[0]) utimesSync(path, old, old)
  }
  await removeLeftovers(directory)
  assert.equal(readdirSync(directory).sort(), [...others].sort())
})

test.run()
