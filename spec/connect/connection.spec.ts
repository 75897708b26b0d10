import net from 'node:net'
import {
  ClientDisconnectedError,
  type Connection,
  connect,
  ExpectError,
  events,
  memoryPair,
  Service,
  TimeoutError,
} from 'mara-ts'
import { FakeClock } from 'mara-ts/testing'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { tap } from '../../lib/connect/connection.js'
import { deferred, rejection, running, turns } from '../support/service.js'

/** A connection to a socket server that does as it is told. */
async function dialled(
  body: (peer: Connection, socket: net.Socket, port: number) => Promise<void>,
  options: Parameters<typeof connect>[1] = {},
): Promise<void> {
  const arrived = deferred<net.Socket>()
  const server = net.createServer((socket) => arrived.resolve(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const peer = await connect({ port }, options)
  const socket = await arrived.promise
  socket.on('error', () => {})
  try {
    await body(peer, socket, port)
  } finally {
    socket.destroy()
    peer.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

test('a prompt is found though no line ends, and what follows it is read on', async () => {
  await dialled(async (peer, socket) => {
    socket.write('Welcome\r\nNa')
    const found = peer.expect('Name: ')
    await turns()
    socket.write('me: ')
    assert.equal(await found, { index: 0, text: 'Name: ', before: 'Welcome\n', groups: [], named: {} })
    socket.write('\r\nHello\r\nBye')
    assert.is(await peer.nextLine(), '')
    assert.is(await peer.nextLine(), 'Hello')
    socket.end()
    assert.is(await peer.nextLine(), 'Bye')
    assert.instance(await rejection(peer.nextLine()), ClientDisconnectedError)
  })
})

test('of several alternatives, the one that comes is told', async () => {
  await dialled(async (peer, socket) => {
    socket.write('Password incorrect.\r\nlogin: ')
    const { index, groups } = await peer.expect(['$ ', /password (\w+)/i, 'login: '])
    assert.is(index, 1)
    assert.equal(groups, ['incorrect'])
    assert.is((await peer.expect(['$ ', 'login: '])).index, 1)
  })
})

test('lines and expectations share one queue, and lookFor takes nothing', async () => {
  await dialled(async (peer, socket) => {
    const waits = [peer.nextLine(), peer.lookFor('c'), peer.expect('c'), peer.nextLine()] as const
    socket.write('a\r\nb c d\r\n')
    assert.is(await waits[0], 'a')
    assert.is((await waits[1]).before, 'b ')
    assert.is((await waits[2]).before, 'b ')
    assert.is(await waits[3], ' d')
  })
})

test('an expectation that fails shows what arrived instead and how long it waited, and loses nothing', async () => {
  const clock = new FakeClock()
  await dialled(
    async (peer, socket, port) => {
      socket.write('\x1b[2JWelcome\r\nUser: ')
      await peer.lookFor('User: ')
      const failed = rejection(peer.expect(['login: ', /name/], { timeout: 1500 }))
      await clock.advance(1500)
      const error = (await failed) as ExpectError
      assert.instance(error, ExpectError)
      assert.is(error.failure, 'timeout')
      assert.is(error.waited, 1500)
      assert.equal(error.expected, ['"login: "', '/name/'])
      assert.is(error.received, '\x1b[2JWelcome\nUser: ')
      assert.is(
        error.message,
        `Expected "login: " or /name/ from 127.0.0.1:${port}, but it did not come within 1500 ms.\n` +
          'Arrived instead, the end marked ◀:\n  \\x1b[2JWelcome\\n\n  User: ◀',
      )
      assert.is((await peer.expect('User: ')).before, '\x1b[2JWelcome\n')
    },
    { clock },
  )
})

test('unless said otherwise, an expectation waits ten seconds, a line for ever', async () => {
  const clock = new FakeClock()
  await dialled(
    async (peer) => {
      const line = peer.nextLine()
      await clock.advance(1_000_000)
      peer.destroy()
      assert.instance(await rejection(line), ClientDisconnectedError)
    },
    { clock },
  )
  await dialled(
    async (peer) => {
      for (const options of [undefined, { timeout: undefined }]) {
        const failed = [
          rejection(peer.expect('anything', options)),
          rejection(peer.lookFor('anything', options)),
        ]
        await clock.advance(10_000)
        for (const error of failed) assert.match(String(await error), 'within 10000 ms.\nNothing arrived.')
      }
    },
    { clock },
  )
})

test('a peer that goes, and one that never ends a line, fail an expectation at once', async () => {
  await dialled(async (peer, socket) => {
    socket.end('Go away')
    const error = (await rejection(peer.expect('Name: '))) as ExpectError
    assert.is(error.failure, 'end')
    assert.match(error.message, /the connection ended after \d+ ms\.\n.*\n {2}Go away◀$/)
  })
  await dialled(async (peer, socket) => {
    socket.write('x'.repeat(300_000))
    const error = (await rejection(peer.expect('Name: '))) as ExpectError
    assert.is(error.failure, 'too-much')
    assert.ok(error.message.length < 1000)
    assert.is(((await rejection(peer.nextLine())) as ExpectError).failure, 'too-much')
  })
})

test('a peer that sends garbage without end fills no memory, and is closed all the same', async () => {
  for (const garbage of [
    Buffer.alloc(64 * 1024, '\xff\xfa\x01x\x00\x1b\r', 'latin1'),
    Buffer.alloc(64 * 1024, 'x\n'),
  ]) {
    await dialled(async (peer, socket) => {
      let taken = 0
      const send = (): void => {
        while (taken < 60_000_000 && socket.write(garbage)) taken += garbage.length
      }
      socket.on('drain', send)
      send()
      const failed = rejection(peer.expect(/no such thing/, { timeout: 200 }))
      for (let last = -1; last !== taken; ) {
        last = taken
        await turns(100)
      }
      assert.instance(await failed, ExpectError)
      if (garbage.includes('x\n')) assert.ok(taken < 60_000_000, 'reading has stopped')
      const waiting = rejection(peer.expect('never'))
      await peer.close()
      await waiting
    })
  }
})

test('a line that does not come in time says what has come of it', async () => {
  const clock = new FakeClock()
  await dialled(
    async (peer, socket) => {
      socket.write('Na\x1b\x7f\x9b\u202eme: ')
      await peer.lookFor('me')
      const late = rejection(peer.nextLine({ timeout: 50 }))
      await clock.advance(50)
      const error = await late
      assert.instance(error, TimeoutError)
      assert.match(String(error), '(so far without a line end: "Na\\u001b\\u007f\\u009b\\u202eme: ")')
    },
    { clock },
  )
})

test('leaving a loop takes its wait back, and loses no line (11)', async () => {
  await dialled(async (peer, socket) => {
    socket.write('one\r\ntwo\r\n')
    for await (const line of peer) {
      assert.is(line, 'one')
      break
    }
    assert.is(await peer.nextLine(), 'two')
    const iterator = peer[Symbol.asyncIterator]()
    const waiting = iterator.next()
    await iterator.return?.()
    assert.ok((await waiting).done)
    assert.ok((await iterator.next()).done)
    socket.write('three\r\n')
    assert.is(await peer.nextLine(), 'three')
    socket.end('four\r\n')
    const rest: string[] = []
    for await (const line of peer) rest.push(line)
    assert.equal(rest, ['four'])
  })
})

test('closing drops what is not read, and ends who waits', async () => {
  await dialled(async (peer, socket) => {
    socket.write('one\r\ntwo')
    await peer.lookFor('two')
    const waiting = rejection(peer.expect('three'))
    await peer.close()
    assert.is(((await waiting) as ExpectError).failure, 'end')
    assert.instance(await rejection(peer.nextLine()), ClientDisconnectedError)
  })
  await dialled(async (peer, socket) => {
    socket.write(Buffer.from('ü!ü').subarray(0, 4))
    await peer.expect('!')
    await peer.close()
    // Half a character is dropped as well.
    assert.instance(await rejection(peer.nextLine()), ClientDisconnectedError)
  })
})

test('telnet is answered: what helps is agreed to, all else refused, and none of it is text', async () => {
  await dialled(
    async (peer, socket) => {
      const answers: Buffer[] = []
      socket.on('data', (chunk) => answers.push(chunk))
      const ask = async (...bytes: number[]): Promise<number[]> => {
        answers.length = 0
        socket.write(Uint8Array.from(bytes))
        socket.write('?')
        await peer.expect('?')
        await turns(5)
        return [...Buffer.concat(answers)]
      }
      const IAC = 255
      assert.equal(await ask(IAC, 251, 1), [IAC, 253, 1], 'WILL ECHO')
      assert.equal(await ask(IAC, 251, 3, IAC, 253, 3), [IAC, 253, 3, IAC, 251, 3], 'WILL and DO SGA')
      assert.equal(await ask(IAC, 253, 24), [IAC, 251, 24], 'DO TTYPE')
      assert.equal(await ask(IAC, 250, 24, 1, IAC, 240), [IAC, 250, 24, 0, ...Buffer.from('vt100'), IAC, 240])
      assert.equal(await ask(IAC, 253, 31), [IAC, 251, 31, IAC, 250, 31, 1, 44, 0, 50, IAC, 240], 'DO NAWS')
      assert.equal(
        await ask(IAC, 253, 39, IAC, 253, 34),
        [IAC, 252, 39, IAC, 252, 34],
        'DO NEW-ENVIRON, LINEMODE',
      )
      assert.equal(await ask(IAC, 253, 1), [IAC, 252, 1], 'DO ECHO')
      assert.equal(await ask(IAC, 253, 6), [IAC, 251, 6], 'DO TIMING-MARK')
      assert.equal(await ask(IAC, 251, 42), [IAC, 253, 42], 'WILL CHARSET')
      const request = [IAC, 250, 42, 1, ...Buffer.from(';ISO-8859-1'), IAC, 240]
      assert.equal(await ask(...request), [IAC, 250, 42, 2, ...Buffer.from('ISO-8859-1'), IAC, 240])
      socket.write(Uint8Array.of(0xe4, 0x0d, 0x0a))
      assert.is(await peer.nextLine(), 'ä')
      answers.length = 0
      peer.write('ÿ', Uint8Array.of(IAC))
      await peer.flush()
      await turns(5)
      assert.equal([...Buffer.concat(answers)], [IAC, IAC, 13, 10, IAC, IAC])
    },
    { terminal: { type: 'vt100', columns: 300, rows: 50 } },
  )
})

test('a telnet command between any two characters makes no more pieces of what arrives', async () => {
  await dialled(async (peer, socket) => {
    let pieces = 0
    tap(peer, () => {
      pieces += 1
    })
    const count = 10_000
    socket.write(Buffer.concat([...Array(count).fill(Buffer.from([255, 241, 0x61])), Buffer.from('end')]))
    const { before } = await peer.expect('end')
    assert.is(before, 'a'.repeat(count))
    assert.ok(pieces < 100, `${pieces} pieces`)
  })
})

test('where binary transmission is agreed, a line ends in CR, as the key Enter does', async () => {
  await dialled(async (peer, socket) => {
    const answers: Buffer[] = []
    socket.on('data', (chunk) => answers.push(chunk))
    socket.write(Uint8Array.of(255, 253, 0, 63))
    await peer.expect('?')
    peer.write('one\ntwo', 'three')
    await peer.flush()
    await turns(5)
    assert.is(Buffer.concat(answers).toString('latin1'), '\xff\xfb\x00one\rtwo\rthree\r')
  })
})

test('without telnet, every byte is text', async () => {
  await dialled(
    async (peer, socket) => {
      socket.write(Uint8Array.of(255, 251, 1, 10))
      assert.is(await peer.nextLine(), '\ufffd\ufffd\x01')
      const answer = new Promise<Buffer>((resolve) => socket.once('data', resolve))
      peer.write(Uint8Array.of(255), { newline: false })
      assert.equal([...(await answer)], [255])
    },
    { telnet: false },
  )
})

test('a service that asks for colours and a hidden password finds a terminal without colours', async () => {
  const service = new Service()
  service.listen(events.Connect, async ({ client }) => {
    await client.nextLine()
    client.hideInput()
    client.prompt('Password: ')
    client.write(`${await client.nextLine()} at ${client.terminal.columns}`)
  })
  await running(service, async () => {
    const peer = await connect(service)
    peer.write('hello')
    await peer.expect('Password: ')
    peer.writeSecret('open sesame')
    assert.match(await peer.nextLine(), /^open sesame at (?:80|undefined)$/)
    await peer.close()
  })
})

test('a secret is in no error, even where it was sent back', async () => {
  const clock = new FakeClock()
  await dialled(
    async (peer, socket) => {
      socket.on('data', (chunk) => socket.write(`You said ${chunk}`))
      peer.writeSecret('hunter2')
      await peer.lookFor('hunter2')
      for (const wait of [
        peer.expect(/x|hunter2!/, { timeout: 5 }),
        peer.expect('hunter2!', { timeout: 5 }),
      ]) {
        const failed = rejection(wait)
        await clock.advance(5)
        const error = (await failed) as ExpectError
        assert.not.match(`${error.stack}${JSON.stringify(error)}`, 'hunter2')
        assert.match(error.message, 'You said [secret]')
      }
      await peer.nextLine()
      socket.write('hunter2')
      await peer.lookFor('hunter2')
      const late = rejection(peer.nextLine({ timeout: 5 }))
      await clock.advance(5)
      assert.not.match(String(await late), 'hunter2')
      // Where a message shows only the end of it, no half of a secret is there.
      socket.write('y'.repeat(597))
      await peer.lookFor(/y{597}/)
      const cut = rejection(peer.nextLine({ timeout: 5 }))
      await clock.advance(5)
      assert.not.match(String(await cut), 'er2')
    },
    { clock },
  )
})

test('a secret with a line end, or blanks, is hidden without them, and so are its lines', async () => {
  for (const [secret, back, shown] of [
    ['hunter22\n', "Wrong: 'hunter22'", "Wrong: '[secret]'"],
    [' hunter22\r\n', "Wrong: 'hunter22'", "Wrong: '[secret]'"],
    ['hun\r\nter', 'hun\r\nter!', '[secret]\n[secret]!'],
    ['hun\x1bter', 'Wrong: hunter', 'Wrong: [secret]'],
  ] as const) {
    const clock = new FakeClock()
    await dialled(
      async (peer, socket) => {
        peer.writeSecret(secret)
        socket.write(`${back}.`)
        await peer.lookFor('.')
        const failed = rejection(peer.expect('never', { timeout: 5 }))
        await clock.advance(5)
        assert.is(((await failed) as ExpectError).received, `${shown}.`)
      },
      { clock, sanitize: true },
    )
  }
})

test('a wait that has read into a secret leaves none of it to the error of the next one', async () => {
  const clock = new FakeClock()
  await dialled(
    async (peer, socket) => {
      peer.writeSecret('abc$ defgh')
      socket.write('You typed abc$ defgh')
      await peer.expect('$ ')
      await peer.lookFor('gh')
      const failed = [rejection(peer.expect('zzz', { timeout: 5 })), rejection(peer.nextLine({ timeout: 5 }))]
      await clock.advance(5)
      for (const error of failed) {
        assert.not.match(String(await error), 'defgh')
        assert.match(String(await error), '[secret]')
      }
    },
    { clock },
  )
})

test('characters survive every cut, and control characters go where they are not wanted', async () => {
  await dialled(
    async (peer, socket) => {
      for (const byte of Buffer.from('grüße \x1b[1m🐟\r\n')) {
        socket.write(Uint8Array.of(byte))
        await turns(1)
      }
      assert.is(await peer.nextLine(), 'grüße [1m🐟')
    },
    { sanitize: true },
  )
})

test('however much is written at once, the connection stays: whoever has read it all gets all of it', async () => {
  await dialled(async (peer, socket) => {
    for (let count = 0; count < 400; count++) peer.write('x'.repeat(9_998))
    assert.ok(peer.connected)
    let length = 0
    socket.on('data', (chunk) => {
      length += chunk.length
      if (length === 4_000_000) socket.write('all of it\r\n')
    })
    await peer.flush()
    assert.is(await peer.nextLine(), 'all of it')
  })
})

test('a service that answers each line takes all that is written at once: this end reads on meanwhile', async () => {
  const service = new Service()
  service.listen(events.Receive, ({ client, data }) => client.write(`${data.length} characters`))
  await running(service, async () => {
    const peer = await connect(service)
    const count = 10_000
    for (let line = 0; line < count; line++) peer.write('x'.repeat(100))
    for (let line = 0; line < count; line++) assert.is(await peer.nextLine(), '100 characters')
    await peer.flush()
    await peer.close()
  })
})

test('a flush waits until the other end takes what was written', async () => {
  await dialled(async (peer, socket) => {
    socket.pause()
    let isFlushed = false
    peer.write('x'.repeat(30_000_000))
    const flushed = peer.flush().then(() => {
      isFlushed = true
    })
    await turns(50)
    assert.not.ok(isFlushed)
    socket.resume()
    await flushed
  })
})

test('a wait that nobody awaits ends no process', async () => {
  const [ours] = memoryPair()
  ours.destroy()
  await dialled(async (peer) => {
    void peer.expect('never')
    void peer.nextLine()
    peer.destroy()
    await peer.closed
    await turns()
  })
})

test.run()
