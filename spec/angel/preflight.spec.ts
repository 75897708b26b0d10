// time limit: 600 s
// New versions that ask something else, and people who are in the middle of an answer.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askAngel } from '../../lib/angel/index.js'
import { runCommandLine } from '../../lib/cli/cli.js'
import { commands } from '../../lib/cli/commands/index.js'
import { folder } from '../cli/support.js'
import type { Peer } from '../support/peer.js'
import { rejection } from '../support/service.js'
import { fixture, type Guarded, guarded } from './support.js'

const test = suite('angel/preflight')

const file = path.join(folder(), 'version')

/** Somebody has given a name and is asked for a password; then the program's file has another version. */
async function halfway(
  version: string,
  body: (service: Guarded, peer: Peer) => Promise<void>,
): Promise<void> {
  writeFileSync(file, 'first')
  await guarded(
    fixture('questions'),
    async (service) => {
      const peer = await service.connect()
      await peer.until('Name: ')
      peer.send('ann\r\n')
      await peer.until('Password: ')
      writeFileSync(file, version)
      await body(service, peer)
      peer.destroy()
    },
    [],
    { VERSION_FILE: file },
  )
}

/** `mara restart`, and what it printed. */
async function mara(...args: string[]): Promise<{ code: number | undefined; out: string; err: string }> {
  const said = { out: '', err: '' }
  const write = (to: 'out' | 'err') => ({
    write(text: string) {
      said[to] += text
    },
  })
  const io = { stdout: write('out'), stderr: write('err') }
  const code = await runCommandLine(['restart', ...args], commands, io as never)
  return { code, ...said }
}

for (const version of ['later', 'words']) {
  const what = version === 'later' ? 'a later question in other words' : 'an earlier question in other words'
  test(`a version that asks ${what} takes over, and nobody notices`, () =>
    halfway(version, async (service, peer) => {
      const before = await service.worker()
      assert.not.equal((await service.restart()).worker, before)
      peer.send('secret\r\n')
      assert.match(await peer.until('? '), version === 'later' ? /And now\? $/ : /More\? $/)
      peer.send('hm\r\n')
      await peer.until(`${version} ann hm\r\n`)
    }))
}

test('a version that asks in another order is refused, tried out without a change, and taken by force', () =>
  halfway('swapped', async (service, peer) => {
    const before = await service.worker()
    const FOUND =
      /^The conversation with Client #1 \(127\.0\.0\.1\) can't go on, in the handler login of Connect, at question 1: it asks for something else; it asked before: input "Name: "; it asks now: password$/m

    const tried = await mara('--dry-run', fixture('questions'))
    assert.equal([tried.code, tried.err], [1, ''])
    assert.match(tried.out, FOUND)
    const refused = await mara(fixture('questions'))
    assert.is(refused.code, 1)
    assert.match(
      refused.err,
      /the new version can't go on with 1 conversation. mara restart --force would begin/,
    )
    assert.match(refused.err, 'it asked before: input "Name: "; it asks now: password')
    assert.is(await service.worker(), before)

    const forced = await mara('--force', fixture('questions'))
    assert.equal([forced.code, forced.err], [0, ''])
    await peer.until('Press Enter to go on.\r\n')
    peer.send('\r\n')
    await peer.until('Password: ')
    peer.send('secret\r\n')
    await peer.until('Name: ')
    assert.match(service.run.err, /can't go on, in the handler login/)
  }))

test('a version that does not start is told as such, tried out or not, and the old one goes on', () =>
  halfway('broken', async (service, peer) => {
    for (const ask of ['preflight', 'restart'] as const) {
      assert.match(
        ((await rejection(askAngel(service.file, ask))) as Error).message,
        /this version is broken|ended with exit code 1/,
      )
    }
    peer.send('secret\r\n')
    await peer.until('More? ')
  }))

test('a version that is only tried out does not say that it listens', () =>
  halfway('later', async (service) => {
    await askAngel(service.file, 'preflight')
    await service.stop()
    assert.is(service.run.err.split('Listening on').length - 1, 1, service.run.err)
  }))

test('where a version can’t be tried out, it does not take over: the next start of it might succeed', () =>
  halfway('moody', async (service, peer) => {
    const { message } = (await rejection(service.restart())) as Error
    assert.match(message, /the new version could not be tried out: .*not in the mood/s)
    peer.send('secret\r\n')
    await peer.until('More? ')
  }))

test('where nobody is in the middle of a conversation, all is well', () =>
  halfway('swapped', async (service, peer) => {
    peer.send('secret\r\nhm\r\n')
    await peer.until('first ann hm\r\n')
    assert.equal(await askAngel(service.file, 'preflight'), { divergences: [] })
    await service.restart()
    peer.send('still here\r\n')
    await peer.until('still here\r\n')
  }))

test.run()
