import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { devNull } from 'node:os'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { keepFromBlocking } from '../../lib/log/blocking.js'
import { nodeArgs, ROOT } from '../support/node.js'

test('a reader of the log that stands still does not stop the service, though it has started processes', async () => {
  const program = spawn(process.execPath, nodeArgs('spec/log/fixtures/stalled.ts'), {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  program.stderr.pause()
  const [text] = await once(program.stdout, 'data')
  assert.is(String(text), 'still alive\n')
  program.stderr.resume()
  await once(program, 'close')
})

test('what is no pipe is left as it is', async () => {
  for (const stream of [{}, { _handle: null }, { _handle: {} }, createWriteStream(devNull).end()]) {
    keepFromBlocking(stream)
  }
  let asked = false
  keepFromBlocking({ isTTY: true, _handle: { setBlocking: () => (asked = true) } })
  assert.not(asked)
})

test.run()
