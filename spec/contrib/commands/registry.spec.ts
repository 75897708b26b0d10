import { connect, events, Handler, Service } from 'mara-ts'
import { Command, CommandError, CommandEvent, CommandRegistry, defineCommand } from 'mara-ts/contrib/commands'
import { connectTo } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Records } from '../../support/records.js'
import { running, turns } from '../../support/service.js'
import { withCommands } from './harness.js'

const test = suite('contrib/commands/registry')

test('a line is a command: the event has the word, the rest, the command, the registry and the context', () =>
  withCommands(
    (commands) => {
      commands.register('tell', { args: '<user> <message:text>', context: { loud: true } }, (event, args) => {
        assert.is(event.command.name, 'tell')
        assert.is(event.registry, commands)
        assert.is(event.args, args)
        assert.instance(event, CommandEvent)
        assert.is(String(event), `Command "tell": ${event.client}`)
        event.client.write(`${event.match}|${event.text}|${event.data}|${event.context.loud}`)
      })
    },
    async ({ say }) => assert.equal(await say('  TeLL  bob hi'), ['TeLL|bob hi|TeLL  bob hi|true']),
  ))

test('an empty line does nothing', () =>
  withCommands(
    () => {},
    async ({ say }) => {
      assert.equal(await say(''), [])
      assert.equal(await say('  \t '), [])
    },
  ))

test('a registry may read lines in its own way, for each person, and refuse one with a sentence', async () => {
  class Colons extends CommandRegistry<{ prefix?: string }> {
    override parse(line: string, { client, data }: events.Receive<{ prefix?: string }>) {
      const { prefix = '' } = client.state
      if (!line.startsWith(prefix)) throw new CommandError(`Begin with ${prefix}, not as in ${data}`)
      const [name = '', text = ''] = line.slice(prefix.length).split(':')
      return { name, text }
    }
  }
  const service = new Service<{ prefix?: string }>()
  const commands = new Colons(service)
  commands.register('say', { args: '<what:text>' }, ({ client }, { what }) => client.write(what))
  commands.register('prefix', { args: '<text:text>' }, ({ client }, { text }) => {
    client.state.prefix = text
  })
  commands.alias(/^"/, 'say:')
  const records = new Records()
  await running(
    service,
    async () => {
      const ann = await connectTo(service)
      ann.type('say:hello there', '"hello', 'prefix:/', '"hello', '/say:hello again')
      await ann.sees('hello there', 'hello', 'Begin with /, not as in "hello', 'hello again')
      await ann.leave()
    },
    { log: records },
  )
  assert.equal(records.problems, [])
})

test('an unknown command suggests near ones', () =>
  withCommands(
    (commands) => {
      for (const name of ['look', 'tell', 'who', 'say', 'sell']) commands.register(name, () => {})
    },
    async ({ say }) => {
      assert.equal(await say('lok'), ['Unknown command: lok. Did you mean look?'])
      assert.equal(await say('TLEL x'), ['Unknown command: TLEL. Did you mean tell?'])
      assert.equal(await say('nell'), ['Unknown command: nell. Did you mean sell or tell?'])
      assert.equal(await say('xyzzy'), ['Unknown command: xyzzy.'])
      assert.equal(await say('x'.repeat(4000)), ['Unknown command.'])
      for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
        assert.equal(await say(name), [`Unknown command: ${name}.`])
      }
    },
  ))

test('a command that a person may not use is as unknown to them as one that there is not', () =>
  withCommands(
    (commands) => {
      commands.register('shutdown', { can: ({ client }) => client.state.admin === true }, ({ client }) =>
        client.write('down'),
      )
      commands.register('promote', ({ client }) => {
        client.state.admin = true
      })
    },
    async ({ say }) => {
      assert.equal(await say('shutdown'), ['Unknown command: shutdown.'])
      assert.equal(await say('shutdow'), ['Unknown command: shutdow.'])
      assert.equal(await say('shutdown now'), ['Unknown command: shutdown.'])
      await say('promote')
      assert.equal(await say('shutdown'), ['down'])
      assert.equal(await say('shutdow'), ['Unknown command: shutdow. Did you mean shutdown?'])
    },
  ))

test('wrong arguments show the syntax, with no blank at its end', () =>
  withCommands(
    (commands) => {
      commands.register('look', () => {})
      commands.register(
        'set',
        { args: /^(?<name>\w+)=(?<value>\d+)$/, syntax: '<name>=<number>' },
        ({ client }, { name, value }) => client.write(`${name} is ${value}`),
      )
    },
    async ({ say }) => {
      assert.equal(await say('look foo'), ['Syntax: look'])
      assert.equal(await say('set x=y'), ['Syntax: set <name>=<number>'])
      assert.equal(await say('set x=7'), ['x is 7'])
    },
  ))

test('a handler may be anything that handles events', () =>
  withCommands(
    (commands) => {
      class Steps extends Handler<CommandEvent> {
        seen = ''
        handler_10(_event: CommandEvent, { what }: { what: string }): void {
          this.seen = what
        }
        async handler_20({ client }: CommandEvent): Promise<void> {
          await Promise.resolve()
          client.write(`steps ${this.seen}`)
        }
      }
      const args = '<what>'
      commands.register('class', { args }, Steps)
      commands.register('instance', { args }, new Steps())
      commands.register('factory', { args }, () => new Steps())
      commands.register('async', { args }, async ({ client }, { what }) =>
        client.write(await Promise.resolve(what)),
      )
      commands.register('generator', { args }, function* ({ client }, { what }): Generator<
        undefined,
        void,
        string
      > {
        client.write(`${what}?`)
        client.write(`${what} ${yield}`)
      })
    },
    async ({ say }) => {
      for (const name of ['class', 'instance', 'factory']) assert.equal(await say(`${name} x`), ['steps x'])
      assert.equal(await say('async y'), ['y'])
      assert.equal(await say('generator z\r\nline'), ['z?', 'z line'])
    },
  ))

test('a command registers as a decorator, as an instance, and as one defined before', () =>
  withCommands(
    (commands) => {
      @commands.register('wave', { group: 'nav' })
      class Wave extends Handler<CommandEvent> {
        handler_1({ client }: CommandEvent): void {
          client.write('waves')
        }
      }
      assert.is(Wave.name, 'Wave')
      class Shout extends Command {
        override isAvailable(): boolean {
          return true
        }
      }
      const shout = new Shout(
        'shout',
        { args: '<what:text>' },
        ({ client }: CommandEvent, { what }: { what: string }) => client.write(what.toUpperCase()),
      )
      assert.is(commands.register(shout), shout)
      const bow = defineCommand('bow', { group: 'a', help: 'Bows.' }, ({ client, command }) =>
        client.write(`bows in ${command.group}: ${command.help}`),
      )
      commands.register(bow, { group: 'b' })
    },
    async ({ say }) => {
      assert.equal(await say('wave'), ['waves'])
      assert.equal(await say('shout hi'), ['HI'])
      assert.equal(await say('bow'), ['bows in b: Bows.'])
    },
  ))

test('registering a name again replaces the command, and unregister takes it away', () =>
  withCommands(
    (commands) => {
      commands.register('look', ({ client }) => client.write('old'))
      commands.register('LOOK', ({ client }) => client.write('new'))
      assert.is(commands.unregister('nothing'), false)
    },
    async ({ say, commands }) => {
      assert.equal(await say('look'), ['new'])
      assert.is(commands.unregister('Look'), true)
      assert.equal(await say('look'), ['Unknown command: look.'])
    },
  ))

test('aliases are tried in order, in any case, before commands', () =>
  withCommands(
    (commands) => {
      commands.register('echo', { args: '<what:text>' }, ({ client }, { what }) => client.write(what))
      commands.alias(/^;/, 'echo ')
      commands.alias(/^!(\S+) (.*)$/, ';$2 to $1')
      commands.alias(/^(?:;)/, 'echo ')
      commands.alias(/^s$/, 'echo south')
    },
    async ({ say }) => {
      assert.equal(await say(';hi'), ['hi'])
      assert.equal(await say('!bob hi'), ['hi to bob'])
      assert.equal(await say('S'), ['south'])
    },
  ))

test('a command that throws tells the person that it failed, logs why, and shows the trace only under commandsDebug', async () => {
  for (const commandsDebug of [false, true]) {
    const log = new Records()
    await withCommands(
      (commands) => {
        commands.register('boom', () => {
          throw new Error('the secret is 42')
        })
        commands.register('late', async () => {
          await Promise.resolve()
          throw new TypeError('late')
        })
        commands.register('type', { args: '<x:bad>', types: { bad: () => JSON.parse('{') } }, () => {})
      },
      async ({ say }) => {
        const answer = await say('boom')
        assert.is(answer[0], 'Sorry, boom failed. The error has been logged.')
        assert.is(answer.length > 1, commandsDebug)
        assert.is(answer.join('').includes('42'), commandsDebug)
        for (const name of ['late', 'type x']) {
          assert.is((await say(name))[0], `Sorry, ${name.split(' ')[0]} failed. The error has been logged.`)
        }
      },
      { commandsDebug, log },
    )
    assert.match(JSON.stringify(log.problems[0]?.fields), /the secret is 42/)
    assert.is(log.problems.length, 3)
  }
})

test('a command whose can throws, or gives anything but true, may be used by nobody; why is logged, and other commands go on', async () => {
  const log = new Records()
  await withCommands(
    (commands) => {
      commands.register('broken', { can: () => JSON.parse('{') }, ({ client }) => client.write('inside'))
      commands.register('later', { can: (async () => false) as never }, ({ client }) =>
        client.write('inside'),
      )
      commands.register('fine', ({ client }) => client.write('fine'))
    },
    async ({ say }) => {
      assert.equal(await say('broken'), ['Unknown command: broken.'])
      assert.equal(await say('later'), ['Unknown command: later.'])
      assert.equal(await say('fine'), ['fine'])
      assert.equal(await say('nonsense'), ['Unknown command: nonsense.'])
    },
    { log },
  )
  assert.match(log.problems[0]?.message ?? '', /Whether the command broken may be used/)
})

test('a CommandError is a sentence for the person, and is not logged', async () => {
  const log = new Records()
  await withCommands(
    (commands, service) => {
      commands.register('open', () => {
        throw new CommandError('The door is locked.')
      })
      service.listen(events.HandlerError, () => assert.unreachable())
    },
    async ({ say }) => assert.equal(await say('open'), ['The door is locked.']),
    { log },
  )
  assert.equal(log.problems, [])
})

test('a regular expression that would take for ever is given up, and so is one in an alias', async () => {
  const log = new Records()
  await withCommands(
    (commands) => {
      commands.register('a', { args: /^(?<all>(?:a+)+)$/ }, ({ client }) => client.write('ok'))
      commands.alias(/^(b|bb)+$/, 'a aaa')
      commands.register('c', ({ client }) => client.write('c'))
    },
    async ({ say }) => {
      assert.equal(await say('a aaa'), ['ok'])
      assert.equal(await say(`a ${'a'.repeat(60)}!`), ['Sorry, a failed. The error has been logged.'])
      assert.equal(await say('bbb'), ['ok'])
      assert.equal(await say(`${'b'.repeat(60)}!`), ['Unknown command.'])
      assert.equal(await say('c'), ['c'])
    },
    { log },
  )
  assert.is(
    log.problems.filter(({ message, fields }) =>
      /took more than/.test(`${message} ${JSON.stringify(fields)}`),
    ).length,
    2,
  )
})

test('a line that is too long is refused', () =>
  withCommands(
    () => {},
    async ({ say }) =>
      assert.equal(await say('x'.repeat(10_000)), ['That line is too long: 4096 characters at most.']),
  ))

test('commands see what earlier handlers have added to the line, and may be stopped by whoever listens before', async () => {
  const service = new Service()
  service.listen(events.Receive, (event) => {
    Object.assign(event, { mood: 'merry' })
  })
  service.listen(CommandEvent, (event) => {
    if (event.match === 'stopped') event.stop()
  })
  const commands = new CommandRegistry(service)
  const seen: unknown[] = []
  for (const name of ['go', 'stopped']) {
    commands.register(name, { can: (event) => (event as { mood?: string }).mood === 'merry' }, (event) =>
      seen.push(event.match),
    )
  }
  service.listen(events.Receive, () => seen.push('a line went further than commands'))
  await service.start({ servers: [], log: false })
  const client = await connect(service)
  client.write('stopped', 'go')
  while (seen.length === 0) await turns()
  assert.equal(seen, ['go'])
  await service.stop({ drain: 0 })
})

test('an alias for something other than a regular expression is refused in words', () => {
  const commands = new CommandRegistry(new Service())
  assert.throws(
    () => commands.alias('l' as never, 'look'),
    /^alias\(\) got match: l \(string\); expected a regular/,
  )
})

test('a defined command behind another name is refused at once: nothing would be registered', () => {
  const commands = new CommandRegistry(new Service())
  const shout = defineCommand('shout', {}, ({ client }) => client.write('!'))
  assert.throws(
    () => commands.register('yell', shout as never),
    /"yell" can't be registered: there is no option name/,
  )
})

test('figures and messages name the events of all commands CommandEvent', () =>
  withCommands(
    (commands) => {
      commands.register('look', ({ client }) => client.write('It is dark.'))
    },
    async ({ service, commands, say }) => {
      await say('look')
      const { events, handlers } = service.stats()
      assert.is(events.CommandEvent, 2)
      assert.is(handlers.byEvent.CommandEvent, 0)
      assert.throws(() => commands.register('sit', class {} as never), /^listen\(CommandEvent, /)
    },
  ))

test('a command may ask for lines, and whoever leaves in the middle of one ends it quietly', async () => {
  const log = new Records()
  let ended = false
  await withCommands(
    (commands) => {
      commands.register('ask', async ({ client }) => {
        try {
          client.write(`Hello, ${await client.ask('Name: ')}`)
          await client.nextLine()
        } finally {
          ended = true
        }
      })
    },
    async ({ service }) => {
      const client = await connect(service)
      client.write('ask', 'ann')
      assert.is(await client.nextLine(), 'Name: Hello, ann')
      await client.close()
      while (!ended) await turns()
    },
    { log },
  )
  assert.equal(log.problems, [])
})

test.run()
