/** Handlers that throw: whom it hurts, who is told, and what the log says (contract rule 6). */
import { type Client, events, Handler, Service } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../support/peer.js'
import { Records } from '../support/records.js'
import { deferred, running, turns } from '../support/service.js'
import { isClosed } from '../support/sockets.js'

const test = suite('errors')

const SORRY = 'Sorry, something went wrong. Please try again later.'

interface Failure {
  readonly event: string
  readonly handler: unknown
  readonly error: unknown
}

interface Setting {
  readonly service: Service
  readonly records: Records
  /** What HandlerError told, in order. */
  readonly failures: Failure[]
  connect(): Promise<Peer>
}

/** A service that answers each line, with what `listen` binds before that. */
async function withService(
  listen: (service: Service) => void,
  body: (setting: Setting) => Promise<void>,
): Promise<void> {
  const service = new Service()
  const records = new Records()
  const failures: Failure[] = []
  const peers: Peer[] = []
  listen(service)
  service.listen(events.HandlerError, ({ event, handler, error }) => {
    failures.push({ event: event.constructor.name, handler, error })
  })
  service.listen(events.Receive, ({ client, data }) => client.write(`got ${data}`))
  const connect = async (): Promise<Peer> => {
    const peer = await Peer.connect(service)
    peers.push(peer)
    return peer
  }
  await running(service, () => body({ service, records, failures, connect }), { telnet: false, log: records })
  for (const peer of peers) peer.destroy()
}

/** What the log says of a handler of an event. */
function logged(records: Records, event: RegExp) {
  return records.problems.filter(({ message }) => event.test(message))
}

const boom = new Error('boom')

/** Handlers of every kind that throw `boom`. */
const kinds: Record<string, unknown> = {
  'a function': () => {
    throw boom
  },
  'an async function': async () => {
    throw boom
  },
  'an async function after an await': async () => {
    await turns(1)
    throw boom
  },
  'a generator before its first yield': function* () {
    if (Date.now() > 0) throw boom
    yield
  },
  'an async generator': async function* () {
    if (Date.now() > 0) throw boom
    yield
  },
  'a class of Handler': class extends Handler {
    handler_1(): void {
      throw boom
    }
  },
  'an instance of a Handler with an async method': new (class extends Handler {
    handler_1(): void {}
    async handler_2(): Promise<void> {
      await turns(1)
      throw boom
    }
  })(),
}

for (const [kind, handler] of Object.entries(kinds)) {
  test(`${kind} that throws in Connect: the client is told and closed, everyone else goes on (rule 6)`, () => {
    let later = 0
    let first = true
    return withService(
      (service) => {
        // Only whoever comes first meets it.
        service.listen(events.Connect, (event) => {
          if (!first) event.stop()
          first = false
        })
        service.listen(events.Connect, handler as never)
        service.listen(events.Connect, () => {
          later += 1
        })
      },
      async ({ service, records, failures, connect }) => {
        const unlucky = await connect()
        assert.is(await unlucky.rest(), `${SORRY}\r\n`)
        await isClosed(unlucky.socket)
        assert.is(later, 0)
        assert.equal(failures, [{ event: 'Connect', handler, error: boom }])
        const [record, ...others] = logged(records, /A handler of Client connected: Client #1 .* failed/)
        assert.equal(others, [])
        assert.is(record?.level, 'error')
        assert.is(record?.channel, 'service')
        const { message, stack } = (record?.fields.error ?? {}) as { message: string; stack: string }
        assert.is(message, 'boom')
        assert.match(stack, /errors\.spec\.[jt]s:\d+/)

        const lucky = await connect()
        lucky.send('hello\r\n')
        assert.is(await lucky.line(), 'got hello')
        assert.is(failures.length, 1)
        assert.is(service.clients.size, 1)
      },
    )
  })

  test(`${kind} that throws in Receive: the client stays, and later handlers of that line do not run (rule 6)`, () =>
    withService(
      (service) => {
        service.listen(events.Receive, (event) => {
          if (event.data !== 'throw') event.client.write(`first got ${event.data}`)
        })
        const listen = (): void => {
          const remove = service.listen(events.Receive, handler as never)
          // Only for the line `throw`: it is bound again for each.
          service.listen(events.HandlerError, remove)
        }
        listen()
      },
      async ({ failures, records, connect }) => {
        const peer = await connect()
        const other = await connect()
        peer.send('throw\r\nagain\r\n')
        assert.equal(await peer.lines(2), ['first got again', 'got again'])
        other.send('hello\r\n')
        assert.equal(await other.lines(2), ['first got hello', 'got hello'])
        assert.equal(failures, [{ event: 'Receive', handler, error: boom }])
        assert.is(logged(records, /A handler of Client sent "throw": Client #1 /).length, 1)
      },
    ))
}

test('a generator that throws after a yield has had its line, and the next line is handled (rules 3 and 6)', () =>
  withService(
    (service) =>
      service.listen(events.Receive, function* (event): Generator<undefined, void, string> {
        if (event.data !== 'ask') return
        event.client.write('Well?')
        const line = yield
        throw new Error(`no ${line}`)
      }),
    async ({ failures, connect }) => {
      const peer = await connect()
      peer.send('ask\r\nthanks\r\nhello\r\n')
      assert.equal(await peer.lines(2), ['Well?', 'got hello'])
      assert.equal(
        failures.map(({ error }) => (error as Error).message),
        ['no thanks'],
      )
    },
  ))

test('a handler that throws in Disconnect: the others are told of it, and the client is gone all the same (rule 6)', () => {
  const gone = deferred()
  return withService(
    (service) => {
      service.listen(events.Disconnect, () => {
        throw boom
      })
      service.listen(events.HandlerError, () => gone.resolve())
    },
    async ({ service, failures, connect }) => {
      const other = await connect()
      const peer = await connect()
      peer.end()
      await gone.promise
      assert.is(await peer.rest(), '')
      assert.is(service.clients.size, 1)
      other.send('hello\r\n')
      assert.is(await other.line(), 'got hello')
      assert.equal(
        failures.map(({ event }) => event),
        ['Disconnect'],
      )
    },
  )
})

function unreadable(): never {
  throw new Error('unreadable')
}

/** Everything that can be thrown and is no ordinary error, and how the log shows it. */
const oddities: [name: string, value: unknown, logged: unknown][] = [
  ['a string', 'boom', 'boom'],
  ['an empty string', '', ''],
  ['undefined', undefined, 'undefined'],
  ['null', null, null],
  ['0', 0, 0],
  ['false', false, false],
]
const [aSymbol, bare] = [Symbol('boom'), Object.create(null)]
const hostile = Object.defineProperties(new Error('hostile'), {
  // The stack first: making it up would read the message.
  stack: { get: unreadable },
  message: { get: unreadable },
})
for (const [name, value] of [
  ['a symbol', aSymbol],
  ['a bigint', 10n],
  ['an object without a prototype', bare],
  ['an error that cannot be read', hostile],
] as const) {
  oddities.push([name, value, value])
}

for (const [name, value, shown] of oddities) {
  for (const late of [false, true]) {
    test(`a handler that throws ${name}${late ? ' after an await' : ''} is reported like any other (rule 6)`, () =>
      withService(
        (service) =>
          service.listen(events.Receive, ({ data }) => {
            if (data !== 'throw') return undefined
            if (!late) throw value
            return turns(1).then(() => {
              throw value
            })
          }),
        async ({ records, failures, connect }) => {
          const peer = await connect()
          peer.send('throw\r\nhello\r\n')
          assert.is(await peer.line(), 'got hello')
          assert.is(failures.length, 1)
          assert.is(failures[0]?.error, value)
          const [record, ...others] = logged(records, /A handler of Client sent/)
          assert.equal(others, [])
          assert.is(record?.level, 'error')
          assert.ok(record !== undefined && 'error' in record.fields)
          if (value !== hostile) assert.is(record.fields.error, shown)
          else assert.match(JSON.stringify(record.fields.error), /an error that cannot be read/)
        },
      ))
  }
}

test('a handler of HandlerError that throws is logged, and that is all (rule 6)', () =>
  withService(
    (service) => {
      service.listen(events.Receive, ({ data }) => {
        if (data === 'throw') throw boom
      })
      service.listen(events.HandlerError, async () => {
        await turns(1)
        throw new Error('while telling')
      })
    },
    async ({ records, failures, connect }) => {
      const peer = await connect()
      peer.send('throw\r\nthrow\r\nhello\r\n')
      assert.is(await peer.line(), 'got hello')
      assert.equal(failures, [])
      assert.equal(
        records.problems.map(({ message, fields }) => [
          message.replace(/#1 \(127\.0\.0\.1\)/, '#1'),
          (fields.error as Error).message,
        ]),
        [
          ['A handler of Client sent "throw": Client #1 failed', 'boom'],
          ['A handler of Handler failed failed', 'while telling'],
          ['A handler of Client sent "throw": Client #1 failed', 'boom'],
          ['A handler of Handler failed failed', 'while telling'],
        ],
      )
    },
  ))

test('a HandlerError carries the very event, handler and error; its event tells the service (rules 1 and 6)', () => {
  let seen: events.Event | undefined
  const handler = (event: events.Receive): void => {
    seen = event
    throw boom
  }
  const told = deferred<events.HandlerError>()
  return withService(
    (service) => {
      service.listen(events.Receive, handler)
      service.listen(events.HandlerError, (event) => told.resolve(event))
    },
    async ({ service, connect }) => {
      const peer = await connect()
      peer.send('hello\r\n')
      const { event, handler: guilty, error, service: theirs } = await told.promise
      assert.is(event, seen)
      assert.is(guilty, handler)
      assert.is(error, boom)
      assert.is(theirs, service)
      assert.is((event as events.Receive).data, 'hello')
    },
  )
})

test('a listener on events.Event that throws at everything but PreStart and Connect hurts no client, and the service lives and stops (rules 4 and 6)', async () => {
  const met: string[] = []
  const service = new Service()
  service.listen(events.Receive, ({ client, data }) => client.write(`got ${data}`))
  service.listen(events.Event, (event) => {
    met.push(event.constructor.name)
    if (!(event instanceof events.PreStart || event instanceof events.Connect)) throw boom
  })
  service.listen(events.Event, () => met.push('not after one that threw'))
  const records = new Records()
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      peer.send('one\r\ntwo\r\n')
      assert.equal(await peer.lines(2), ['got one', 'got two'])
      peer.end()
      await peer.rest()
      await isClosed(peer.socket)
    },
    { telnet: false, log: records },
  )
  const life = ['ListenStart', 'PostStart', 'Receive', 'Receive', 'Disconnect']
  const all = [...life, 'PreStop', 'ListenStop', 'PostStop'].flatMap((name) => [name, 'HandlerError'])
  all.splice(all.indexOf('Receive'), 0, 'Connect', 'not after one that threw')
  assert.equal(met, ['PreStart', 'not after one that threw', ...all])
  assert.is(records.problems.length, all.length - 2)
})

test('a listener on events.Event that throws at Connect, too, turns everyone away, and the service goes on (rule 6)', async () => {
  const service = new Service()
  const remove = service.listen(events.Event, (event) => {
    // That would keep the service from starting.
    if (!(event instanceof events.PreStart)) throw boom
  })
  service.listen(events.Receive, ({ client, data }) => client.write(`got ${data}`))
  await running(
    service,
    async () => {
      for (let i = 0; i < 3; i++) {
        const peer = await Peer.connect(service)
        assert.is(await peer.rest(), `${SORRY}\r\n`)
      }
      remove()
      const peer = await Peer.connect(service)
      peer.send('hello\r\n')
      assert.is(await peer.line(), 'got hello')
      peer.destroy()
    },
    { telnet: false },
  )
})

test('a Connect handler that changes its event and then throws hurts nobody else (rules 1 and 6)', () =>
  withService(
    (service) => {
      const remove = service.listen(events.Connect, (event) => {
        remove()
        event.client = undefined as never
        throw boom
      })
    },
    async ({ failures, connect }) => {
      // It would end the process.
      const crash = deferred<string>()
      const onCrash = (error: unknown): void => crash.resolve(`unhandled: ${error}`)
      process.once('unhandledRejection', onCrash)
      const unlucky = await connect()
      assert.is(await Promise.race([unlucky.rest(), crash.promise]), `${SORRY}\r\n`)
      process.off('unhandledRejection', onCrash)
      const lucky = await connect()
      lucky.send('hello\r\n')
      assert.is(await lucky.line(), 'got hello')
      assert.is(failures.length, 1)
    },
  ))

test('the error that a client has gone ends a handler without a word in the log (rule 12)', () =>
  withService(
    (service) =>
      service.listen(events.Connect, async ({ client }) => {
        client.write('Name?')
        await client.nextLine()
      }),
    async ({ service, records, failures, connect }) => {
      const peer = await connect()
      await peer.line()
      peer.socket.resetAndDestroy()
      while (service.clients.size > 0) await turns(1)
      await turns()
      assert.equal(failures, [])
      assert.equal(records.problems, [])
    },
  ))

test('what a program triggers itself is guarded as well: trigger() gives the event back, whatever its handlers do (rule 6)', () => {
  class Quake extends events.Event<{ client: Client }> {}
  return withService(
    (service) =>
      service.listen(Quake, () => {
        throw boom
      }),
    async ({ service, failures, connect }) => {
      const peer = await connect()
      while (service.clients.size === 0) await turns(1)
      const [client] = service.clients
      const event = new Quake({ client: client as never })
      assert.is(await service.trigger(event), event)
      assert.equal(
        failures.map((failure) => failure.event),
        ['Quake'],
      )
      peer.send('hello\r\n')
      assert.is(await peer.line(), 'got hello')
    },
  )
})

test('an event whose toString() throws is handled, and the error of its handler reported, all the same (rules 1 and 6)', () => {
  class Unspeakable extends events.Event {
    override toString(): string {
      throw new Error('no text')
    }
  }
  let handled = 0
  return withService(
    (service) =>
      service.listen(Unspeakable, () => {
        handled += 1
        throw boom
      }),
    async ({ service, failures }) => {
      await service.trigger(new Unspeakable())
      assert.is(handled, 1)
      assert.equal(
        failures.map(({ error }) => error),
        [boom],
      )
    },
  )
})

test("another client's disconnection is an error like any other (rule 12)", async () => {
  let other: Client | undefined
  await withService(
    (service) =>
      service.listen(events.Connect, async ({ client }) => {
        if (other === undefined) {
          other = client as Client
          return
        }
        await other.nextLine()
      }),
    async ({ failures, connect, service }) => {
      const first = await connect()
      await turns()
      first.end()
      while (service.clients.size > 0) await turns(1)
      const second = await connect()
      assert.is(await second.line(), SORRY)
      await second.rest()
      assert.is(failures.length, 1)
      assert.is(failures[0]?.event, 'Connect')
    },
  )
})

test('in Disconnect later handlers run even where an earlier one asks its gone client for a line (rule 12)', () => {
  const trace: string[] = []
  return withService(
    (service) => {
      service.listen(events.Disconnect, async ({ client }) => {
        trace.push('asks')
        await client.nextLine()
        trace.push('never')
      })
      service.listen(events.Disconnect, function* () {
        yield
      })
      service.listen(events.Disconnect, () => void trace.push('cleans up'))
    },
    async ({ failures, connect, service }) => {
      const peer = await connect()
      peer.end()
      await peer.rest()
      while (trace.length < 2 || service.clients.size > 0) await turns(1)
      assert.equal(trace, ['asks', 'cleans up'])
      assert.equal(failures, [])
    },
  )
})

test('a handler that triggers its own event again and then throws is the one that HandlerError names (rule 6)', () => {
  class Nested extends events.Event<{ depth: number }> {}
  const outer = async (event: Nested): Promise<void> => {
    if (event.depth > 0) return
    event.depth = 1
    await event.service.trigger(event)
    throw boom
  }
  const inner = (): void => {}
  return withService(
    (service) => {
      service.listen(Nested, outer)
      service.listen(Nested, inner)
    },
    async ({ failures, service }) => {
      await service.trigger(new Nested({ depth: 0 }))
      assert.equal(
        failures.map(({ handler }) => handler === outer),
        [true],
      )
    },
  )
})

test('the handler that HandlerError names is the one that threw, though others of the same event run meanwhile (rule 6)', () => {
  class Nested extends events.Event<{ depth: number }> {}
  const gate = deferred()
  const outer = async (event: Nested): Promise<void> => {
    if (event.depth > 0) return
    event.depth = 1
    void event.service.trigger(event)
    throw boom
  }
  const inner = async (): Promise<void> => {
    await gate.promise
    throw boom
  }
  return withService(
    (service) => {
      service.listen(Nested, outer)
      service.listen(Nested, inner)
    },
    async ({ failures, service }) => {
      await service.trigger(new Nested({ depth: 0 }))
      gate.resolve()
      while (failures.length < 2) await turns(1)
      assert.equal(
        failures.map(({ handler }) => handler),
        [outer, inner],
      )
    },
  )
})

test('a line that was begun hidden is not in the text of its Receive, though it comes when nothing is hidden any more (rule 1)', async () => {
  const texts: string[] = []
  await withService(
    (service) => {
      service.listen(events.Receive, async (event) => {
        texts.push(String(event))
        if (event.data !== 'login') return
        event.client.hideInput()
        event.client.showInput()
        event.client.showInput()
      })
    },
    async ({ connect }) => {
      const peer = await connect()
      for (const line of ['login', 'hunter2', 'hello']) {
        peer.send(`${line}\r\n`)
        await peer.line()
      }
    },
  )
  assert.match(texts[1] ?? '', /^Client sent \(hidden\): /)
  assert.match(texts[2] ?? '', /^Client sent "hello": /)
})

test('the text of Receive has its data, but nothing that was typed hidden (rule 1)', async () => {
  const texts: string[] = []
  await withService(
    (service) => {
      service.listen(events.Receive, (event) => {
        texts.push(String(event))
        if (event.data === 'hide') event.client.hideInput()
        if (event.data === 'hunter2') event.client.showInput()
      })
    },
    async ({ connect }) => {
      const peer = await connect()
      peer.send('hide\r\n')
      await peer.line()
      // The last of them come in one packet with what is typed hidden, before it is shown again.
      peer.send('hunter2\r\nhunter3\r\n')
      await peer.line()
      await peer.line()
      peer.send(`${'x'.repeat(300)}\r\n`)
      await peer.line()
    },
  )
  assert.match(texts[0] ?? '', /^Client sent "hide": Client #1/)
  assert.match(texts[1] ?? '', /^Client sent \(hidden\): Client #1/)
  assert.match(texts[2] ?? '', /^Client sent \(hidden\): Client #1/)
  assert.match(texts[3] ?? '', /^Client sent "x{200}"\.\.\.: Client #1/)
})

test('an event may deal with what its handlers throw: then nothing is logged or raised', async () => {
  class Vote extends events.Event<{ told: unknown[] }> {
    override caught(error: unknown): boolean {
      this.told.push(error)
      if (error === 'worse') throw new Error('a bug of its own')
      return error === 'abstention'
    }
  }
  await withService(
    (service) =>
      service.listen(Vote, async (event) => {
        throw event.told.pop()
      }),
    async ({ service, records, failures }) => {
      const told: unknown[] = ['abstention']
      await service.trigger(new Vote({ told }))
      assert.equal([told, failures, records.problems], [['abstention'], [], []])
      for (const error of ['fault', 'worse']) {
        await service.trigger(new Vote({ told: [error] }))
        assert.is(failures.pop()?.error, error)
      }
    },
  )
})

test.run()
