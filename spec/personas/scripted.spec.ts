/** Clients by their known manners, over real sockets: each logs in with a hidden password, and talks. */
import { events, Service } from 'mara-ts'
import { green } from 'mara-ts/styles'
import { OPTION } from 'mara-ts/telnet'
import { Persona, personas } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { running } from '../support/service.js'
import { converse, ESC, isKnown, login, OFFERS } from './conversation.js'
import { den, SECRET } from './den.js'
import { dial, visit } from './wire.js'

const scripted = suite('personas')

const CLIENTS = [
  personas.inetutils,
  personas.inetutilsByKey,
  personas.putty,
  personas.puttyBinary,
  personas.tintin,
  personas.mudlet,
]

for (const manners of CLIENTS) {
  for (const telnetOffers of OFFERS) {
    scripted(`${manners.name} hides the password, and is known and coloured; offers ${telnetOffers}`, () =>
      running(den(), (service) => converse(service, manners), { telnetOffers }),
    )
  }
}

for (const telnetOffers of OFFERS) {
  scripted(`netcat is told that it hides nothing, and gets plain text; offers ${telnetOffers}`, () =>
    running(
      den(),
      async (service) => {
        const persona = await visit(service, personas.netcat)
        // At connect nobody is known; whoever asks then, asks netcat too.
        const question = telnetOffers === 'at-connect' ? '\xff\xfd\x18' : ''
        assert.is(await persona.sees('Name: '), `${question}Name: `)
        persona.type('ada')
        const notice = 'Note: your client will show what you type.'
        assert.is(await persona.sees('Password: '), `ada\r\n${notice}\r\nPassword: `)
        persona.type('wrong fish')
        assert.is(await persona.sees('Password: '), 'wrong fish\r\nWrong.\r\nPassword: ')
        persona.type(SECRET)
        assert.is(await persona.sees('ada.\r\n'), `${SECRET}\r\nWelcome, ada.\r\n`)
        persona.type('hello')
        await persona.sees('hello\r\n')
        assert.is(await persona.sees('hello\r\n'), 'ada: hello\r\n')
        persona.type('/terminal')
        await persona.sees('/terminal\r\n')
        assert.match(await persona.sees('utf-8\r\n'), 'telnet false, type undefined')
        persona.type('/quit')
        assert.is(await persona.sees('Goodbye.\r\n'), '/quit\r\nGoodbye.\r\n')
      },
      { telnetOffers },
    ),
  )
}

scripted('clients of all kinds talk with each other, each seeing it in its own way', () =>
  running(den(), async (service) => {
    const guests: Persona[] = []
    for (const manners of [...CLIENTS, personas.netcat]) {
      const guest = await visit(service, manners)
      await login(guest, manners.name)
      await isKnown(guest)
      for (const other of guests) await other.sees(`${manners.name} is here.`)
      guests.push(guest)
    }
    for (const guest of guests) {
      const line = `Grüße von ${guest.manners.name} ✓`
      guest.type(line)
      await guest.sees(line)
      for (const other of guests) {
        const seen = await other.sees(line)
        assert.is(seen.includes(ESC), other.manners !== personas.netcat, `${other.manners.name}: ${seen}`)
      }
    }
    for (const guest of guests) guest.destroy()
  }),
)

scripted(
  'clients that speak telnet are told where prompts end, those that know EOR and those that do not',
  () =>
    running(
      den(),
      async (service) => {
        for (const manners of [personas.tintin, personas.inetutils, personas.netcat]) {
          const persona = await visit(service, manners)
          await persona.sees('Name: ')
          persona.type('ada')
          await persona.sees('Password: ')
          persona.type('wrong')
          await persona.sees('Password: ')
          persona.type(SECRET)
          await persona.sees('Welcome')
          assert.is(persona.prompts > 0, manners !== personas.netcat, manners.name)
          persona.destroy()
        }
      },
      { telnetOffers: 'at-connect' },
    ),
)

scripted(
  'a service without secrets asks as the setting says: when it needs colours, at once, or never',
  async () => {
    for (const [telnetOffers, whenConnected, whenTyping] of [
      ['when-needed', false, true],
      ['at-connect', true, true],
      ['never', false, false],
    ] as const) {
      const service = new Service()
      service.listen(events.Connect, ({ client }) => client.write(green`Hello.`))
      service.listen(events.Receive, ({ client, data }) => client.write(green`You said ${data}.`))
      await running(
        service,
        async () => {
          const persona = await visit(service, personas.tintin)
          await persona.sees('Hello.')
          assert.is(persona.performs(OPTION.TTYPE), whenConnected, telnetOffers)
          // Long enough for the service to learn what there is to learn.
          let seen = ''
          for (let i = 0; i < 10; i++) {
            persona.type(`${i}`)
            await persona.sees(`${i}\r\n`)
            seen = await persona.sees(`You said ${i}.`)
          }
          assert.is(seen.includes(ESC), whenTyping, telnetOffers)
          persona.destroy()
        },
        { telnetOffers },
      )
    }
  },
)

const IP = 244
const EOF = 236
const TIMING_MARK = 6
const DO = 253

scripted(
  'Ctrl-C: the timing mark behind it is answered first, as all before that is thrown away (RFC 860)',
  () =>
    running(den(), async (service) => {
      const socket = await dial(service)
      const persona = new Persona(socket, personas.inetutils)
      persona.type('ada')
      await persona.sees('Password: ')
      let bytes = Buffer.alloc(0)
      socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk])
      })
      // As one write, the way telnet does it.
      socket.write(Uint8Array.of(255, IP, 255, DO, TIMING_MARK))
      await persona.sees('Goodbye.\r\n')
      await persona.isLeft()
      assert.is(bytes.subarray(-13).toString('latin1'), '\xff\xfb\x06Goodbye.\r\n')
    }),
)

scripted('Ctrl-C and Ctrl-D leave politely, as commands and as keys, in a prompt and out of it', () =>
  running(den(), async (service) => {
    const ways: [string, (persona: Persona) => void][] = [
      ['IP', (persona) => persona.press(IP)],
      ['EOF', (persona) => persona.press(EOF)],
      ['ETX', (persona) => persona.type('half a line\x03')],
      ['EOT', (persona) => persona.type('\x04')],
    ]
    for (const [name, press] of ways) {
      const atTheDoor = await visit(service, personas.tintin)
      await atTheDoor.sees('Name: ')
      press(atTheDoor)
      await atTheDoor.sees('Goodbye.\r\n')
      await atTheDoor.isLeft()

      const inside = await visit(service, personas.tintin)
      await login(inside, name)
      press(inside)
      await inside.sees('Goodbye.\r\n')
      await inside.isLeft()
    }
  }),
)

scripted('a window that changes its size is told as often as it does, and only then', () =>
  running(den(), async (service) => {
    const persona = await visit(service, personas.tintin)
    await login(persona, 'ada')
    await isKnown(persona)
    const before = persona.screen.length
    const sizes = [
      [100, 30],
      [100, 31],
      [255, 255],
      [1, 1],
      [80, 24],
    ] as const
    for (const [columns, rows] of sizes) {
      persona.resize(columns, rows)
      persona.resize(columns, rows)
      await persona.sees(`Your window is ${columns} by ${rows}.\r\n`)
    }
    persona.type('fence')
    await persona.sees(': fence')
    assert.is(persona.screen.slice(before).split('Your window').length - 1, sizes.length)
    persona.destroy()
  }),
)

scripted.run()
