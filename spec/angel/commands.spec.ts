// time limit: 600 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Run } from '../cli/support.js'
import { built, nodeArgs } from '../support/node.js'
import { Peer } from '../support/peer.js'
import './support.js'

const test = suite('angel/commands')

/** The mara command, as its user runs it. */
function mara(...args: string[]): Run {
  return new Run(process.execPath, nodeArgs('lib/cli/main.ts', ...args), {
    env: { XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR },
  })
}

const CHAT = built('examples/chat.ts')

test('the chat under an angel: names and who is here outlive a restart, and nobody is shown as leaving or coming', async () => {
  const angel = mara('angel', CHAT, '--port=0', '--no-telnet')
  try {
    const [, port] = await angel.find(/telnet 127\.0\.0\.1 (\d+)/)
    const [ann, bob] = [
      await Peer.connect({ port: Number(port) }),
      await Peer.connect({ port: Number(port) }),
    ]
    await ann.until('name: ')
    ann.send('ann\n')
    await ann.until('Welcome, ann\r\n')
    await bob.until('name: ')
    bob.send('bob\n')
    await bob.until('Welcome, bob\r\n')
    assert.is(await ann.line(), 'bob has connected')

    const status = mara('status', CHAT)
    assert.is(await status.ended, 0)
    assert.match(status.out, /state\tserving/)
    assert.match(status.out, /connections\t2/)

    const twice = mara('angel', CHAT, '--port=0')
    assert.is(await twice.ended, 1)
    assert.match(twice.err, /An angel runs .*chat\.[jt]s already/)

    const restart = mara('restart', CHAT)
    assert.is(await restart.ended, 0, restart.err)
    ann.send('still here\n')
    for (const peer of [ann, bob]) assert.is(await peer.line(), 'ann: still here')
    bob.send('/who\n')
    assert.is(await bob.line(), 'Here now: ann, bob')

    const stop = mara('stop', CHAT)
    assert.is(await stop.ended, 0, stop.err)
    assert.match(await ann.rest(), /The chat is closing/)
    assert.is(await angel.ended, 0)
    for (const peer of [ann, bob]) peer.destroy()
  } finally {
    await angel.kill()
  }
})

test('without an angel the commands say so, and fail', async () => {
  for (const command of ['status', 'restart', 'stop']) {
    const run = mara(command, built('examples/echo.ts'))
    assert.is(await run.ended, 1)
    assert.match(run.err, /angel/)
    assert.not.match(run.err, /\n\s+at /)
  }
})

test.run()
