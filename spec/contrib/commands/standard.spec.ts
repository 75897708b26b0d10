import { events, Service } from 'mara-ts'
import { announceRestarts, CommandRegistry, Help, standardCommands } from 'mara-ts/contrib/commands'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Peer } from '../../support/peer.js'
import { running, turns } from '../../support/service.js'
import { withCommands } from './harness.js'

const test = suite('contrib/commands/standard')

const RULE = '-'.repeat(80)
const rule = (title: string): string => {
  const left = Math.floor((80 - title.length) / 2)
  return `${'-'.repeat(left - 1)} ${title} ${'-'.repeat(80 - title.length - left - 1)}`
}

const prepare = (commands: CommandRegistry): void => {
  standardCommands(commands, { canRestart: ({ client }) => client.state.admin === true })
  commands.register('north', { group: 'nav' }, () => {})
  commands.register('secret', { group: 'hidden', can: () => false }, () => {})
  commands.register('dance', { args: '[how:text]', help: '  Dances.\n  With style.\n' }, () => {})
  commands.register('promote', ({ client }) => {
    client.state.admin = true
  })
}

test('commands lists what one may use, in order, and the groups there are', () =>
  withCommands(prepare, async ({ say }) => {
    const answer = await say('commands')
    assert.is(answer[0], rule('Commands'))
    assert.equal(
      answer[1]?.split(' ').filter((name) => !name.startsWith('fence')),
      ['commands', 'dance', 'help', 'promote', 'quit'],
    )
    assert.equal(answer.slice(2), ['Groups of commands: nav', RULE])
    assert.equal(await say('commands NAV'), [rule('nav commands'), 'north', RULE])
    for (const group of ['groups', 'hidden', '__proto__']) {
      assert.equal(await say(`commands ${group}`), ['Groups of commands: nav'])
    }
  }))

test('help shows what a command does, or its syntax alone', () =>
  withCommands(prepare, async ({ say }) => {
    assert.equal(await say('help DANCE'), [
      rule('Help: dance'),
      'Dances.',
      'With style.',
      '',
      'Syntax: dance [how]',
      RULE,
    ])
    assert.equal(await say('help north'), [rule('Help: north'), 'Syntax: north', RULE])
    assert.equal(await say('help secret'), ['Unknown command: secret.'])
    assert.equal(await say('help danc'), ['Unknown command: danc. Did you mean dance?'])
    assert.match((await say('help'))[0] as string, /^Type help and a command/)
  }))

test('the texts of a command can be replaced by inheritance', () =>
  withCommands(
    (commands) => {
      class Brief extends Help {
        override introduction = 'No.'
      }
      standardCommands(commands)
      commands.register('help', { args: '[command]' }, Brief)
    },
    async ({ say }) => {
      assert.equal(await say('help'), ['No.'])
      assert.equal(await say('restart'), ['Unknown command: restart.'])
    },
  ))

test('quit says goodbye and closes', async () => {
  const service = new Service()
  standardCommands(new CommandRegistry(service))
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      peer.send('QUIT\r\n')
      assert.is(await peer.rest(), 'Goodbye.\r\n')
    },
    { telnet: false },
  )
})

test('restart says so where there is no angel, and is unknown to those who may not', () =>
  withCommands(prepare, async ({ say }) => {
    assert.equal(await say('restart'), ['Unknown command: restart.'])
    await say('promote')
    assert.equal(await say('restart'), ["This service can't restart: it runs without an angel."])
  }))

test('everybody is told of a restart, whoever asked for it', async () => {
  const service = new Service()
  const end = announceRestarts(service, 'Hold on.')
  await running(
    service,
    async () => {
      const peer = await Peer.connect(service)
      while (service.clients.size === 0) await turns()
      await service.trigger(new events.PreRestart())
      assert.is(await peer.line(), 'Hold on.')
      end()
      await service.trigger(new events.PreRestart())
      service.writeAll('end')
      assert.is(await peer.line(), 'end')
      peer.destroy()
    },
    { telnet: false },
  )
})

test.run()
