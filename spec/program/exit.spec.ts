import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nodeArgs } from '../support/node.js'

/** A process that waits for its output to be read before it ends. */
async function waiting() {
  const child = spawn(process.execPath, nodeArgs('spec/program/fixtures/exit.ts'), {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await once(child.stderr, 'data')
  return child
}

test('a process ends when all that it has written is read', async () => {
  const child = await waiting()
  const [read, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  assert.equal([read.length, code], [1_000_000, 3])
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`where nobody reads that, ${signal} ends it, with its own exit code`, async () => {
    const child = await waiting()
    child.kill(signal)
    const [code] = await once(child, 'exit')
    assert.is(code, 3)
    child.stdout.destroy()
  })
}

test.run()
