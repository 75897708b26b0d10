import { ClientDisconnectedError, connect } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { surviveStrays } from '../../lib/program/strays.js'
import { type Program, withProgram } from '../support/program.js'

const strays = suite('program/strays')

const serving = (body: (program: Program, port: number) => Promise<void>): Promise<void> =>
  withProgram(['spec/program/fixtures/strays.ts'], async (program) => {
    const [, port] = await program.find(/open (\d+)/)
    await body(program, Number(port))
  })

strays('whoever hangs up, or says nothing, ends no service whose handlers forgot to await', () =>
  serving(async (program, port) => {
    const ann = await connect({ port })
    await ann.close()
    await program.find(/Client #1 .*has disconnected.*nobody awaits/, 'stderr')
    const bob = await connect({ port })
    bob.write('late')
    await program.find(/Waiting for a line of Client #2.*nobody awaits/, 'stderr')
    const carl = await connect({ port })
    carl.write('hello')
    assert.is(await carl.nextLine(), 'got hello')
    await carl.close()
  }),
)

strays('any other error that nobody handles ends the process, as without a service', () =>
  serving(async (program, port) => {
    const ann = await connect({ port })
    ann.write('fail')
    assert.equal(await program.exit, { code: 1, signal: null })
    assert.match(program.stderr, /Error: a mistake of the program\n\s+at talk/)
    ann.destroy()
  }),
)

strays(
  'however many services run, there is one listener, and an error that is no stray still ends the process',
  () => {
    const told: unknown[] = []
    const ends = [surviveStrays((error) => told.push(error)), surviveStrays(() => assert.unreachable())]
    assert.is(process.listenerCount('unhandledRejection'), 1)
    const [listener] = process.listeners('unhandledRejection') as [(reason: unknown) => void]
    assert.throws(() => listener(new Error('a mistake')), 'a mistake')
    const stray = new ClientDisconnectedError('Client #1')
    listener(stray)
    assert.equal(told, [stray])
    for (const end of ends) end()
    // What ends with the clients of a service comes just after its stop, too.
    listener(stray)
    assert.is(told.length, 1)
    assert.throws(() => listener(new Error('a mistake')), 'a mistake')
  },
)

strays('who has told Node what to do with them is obeyed', () => {
  const { NODE_OPTIONS } = process.env
  process.env.NODE_OPTIONS = '--unhandled-rejections=warn'
  try {
    const before = process.listenerCount('unhandledRejection')
    surviveStrays(() => {})()
    assert.is(process.listenerCount('unhandledRejection'), before)
  } finally {
    if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS
    else process.env.NODE_OPTIONS = NODE_OPTIONS
  }
})

strays.run()
