import { existsSync } from 'node:fs'
import { connect } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { surviveLostOutput } from '../../lib/program/lost-output.js'
import { Run } from '../cli/support.js'
import { nodeArgs } from '../support/node.js'

const test = suite('program/lost-output')

test('a service that prints to a full disk goes on, and its log says once that this is lost', async () => {
  if (!existsSync('/dev/full')) return
  // Its stderr is what the spec reads.
  const command = 'exec "$@" 3>&1 1>/dev/full 2>&3'
  const args = nodeArgs('spec/program/fixtures/lost-output.ts')
  const run = new Run('sh', ['-c', command, 'sh', process.execPath, ...args])
  try {
    const [, port] = await run.find(/Listening on 127\.0\.0\.1:(\d+)/)
    const ann = await connect({ port: Number(port) })
    for (const line of ['one', 'two', 'three']) {
      ann.write(line)
      assert.is(await ann.nextLine(), `printed ${line}`)
    }
    assert.is(run.out.split('What the program prints to stdout is lost').length - 1, 1, run.out)
    assert.match(run.out, 'ENOSPC')
    await ann.close()
  } finally {
    await run.kill()
  }
})

test('however many services run, there is one listener for each stream, and one of them is told', () => {
  const told: string[] = []
  const ends = [
    surviveLostOutput((stream, { message }) => told.push(`${stream} ${message}`)),
    surviveLostOutput(() => assert.unreachable()),
  ]
  const before = process.stderr.listenerCount('error')
  surviveLostOutput(() => assert.unreachable())()
  assert.is(process.stderr.listenerCount('error'), before)
  for (let time = 0; time < 2; time++) process.stderr.emit('error', new Error('full'))
  assert.equal(told, ['stderr full'])
  for (const end of ends) end()
  process.stdout.emit('error', new Error('full'))
  assert.equal(told, ['stderr full'])
})

test.run()
