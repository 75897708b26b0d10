// time limit: 600 s
/** The clients themselves, in terminals of their own: what their users see, and what they must not. */
import type { Service } from 'mara-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { find, install } from '../support/debian.js'
import { withProgram } from '../support/program.js'
import { running } from '../support/service.js'
import { ESC, OFFERS } from './conversation.js'
import { den, type Guest, SECRET } from './den.js'
import { noTerminals, Terminal } from './terminal.js'

const real = suite('real clients')

const CTRL_C = '\x03'
const CTRL_D = '\x04'

/** The program, installed if need be; where it can't be had, says why in a line for the runner. */
function get(name: string, debianPackage: string, ...programs: readonly string[]): string | undefined {
  const reason = noTerminals() ?? (find(...programs) ? undefined : install(debianPackage))
  const path = reason === undefined ? find(...programs) : undefined
  if (path === undefined)
    console.log(`skipped: no ${name} on this machine: ${reason ?? `${debianPackage} brings no ${programs}`}`)
  return path
}

const telnet = get('inetutils telnet', 'inetutils-telnet', 'inetutils-telnet')
const tintin = get('TinTin++', 'tintin++', 'tt++')
const netcat = get('netcat', 'netcat-openbsd', 'nc.openbsd')

interface Visit {
  readonly service: Service<Guest>
  /** Opens a terminal with a client in it; it is closed at the end. */
  open(command: (host: string, port: number) => string): Promise<Terminal>
}

type Address = { readonly host: string; readonly port: number }

/** Terminals for the time of `body`. */
async function withTerminals<T>(
  { host, port }: Address,
  body: (open: Visit['open']) => Promise<T>,
): Promise<T> {
  const terminals: Terminal[] = []
  try {
    return await body(async (command) => {
      const terminal = await Terminal.open(command(host, port))
      terminals.push(terminal)
      return terminal
    })
  } finally {
    await Promise.all(terminals.map((terminal) => terminal.close()))
  }
}

function visiting(body: (visit: Visit) => Promise<void>, options = {}): Promise<void> {
  return running(
    den(),
    (service) => withTerminals(service.address as Address, (open) => body({ service, open })),
    options,
  )
}

async function login(terminal: Terminal, name: string): Promise<void> {
  await terminal.sees('Name: ')
  terminal.type(`${name}\r`)
  await terminal.sees('Password: ')
  terminal.type(`${SECRET}\r`)
  await terminal.sees(`Welcome, ${name}.`)
}

/** The service is told all about the terminal, sooner or later. */
async function isKnown(terminal: Terminal, known: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    terminal.type('/terminal\r')
    if ((await terminal.sees('utf-8')).endsWith(known)) return
  }
  assert.unreachable(`never known as ${known}: ${JSON.stringify(terminal.screen.slice(-300))}`)
}

const CLIENTS: [string, (host: string, port: number) => string, string][] = []
if (telnet !== undefined) {
  CLIENTS.push([
    'inetutils telnet',
    (host, port) => `${telnet} ${host} ${port}`,
    'type XTERM-256COLOR, client undefined, 150 by 30, colours 256, utf-8',
  ])
}
if (tintin !== undefined) {
  CLIENTS.push([
    'TinTin++',
    (host, port) => `${tintin} -G -e '#session den ${host} ${port}'`,
    'type xterm-256color, client TINTIN++, 150 by 30, colours true, utf-8',
  ])
}

for (const [name, command, known] of CLIENTS) {
  for (const telnetOffers of OFFERS) {
    real(`${name}: no password is seen, colours are, the terminal is known; offers ${telnetOffers}`, () =>
      visiting(
        async ({ open }) => {
          const terminal = await open(command)
          await terminal.sees('Name: ')
          terminal.type('ada\r')
          assert.match(await terminal.sees('Password: '), 'ada', 'what is typed is shown, but for secrets')
          terminal.type('wrong fish\r')
          assert.is(await terminal.sees('Password: '), '\r\nWrong.\r\nPassword: ')
          terminal.type(`${SECRET}\r`)
          assert.match(await terminal.sees('Welcome, ada.'), /^\r\n/)
          await isKnown(terminal, known)
          terminal.type('hello\r')
          await terminal.sees('hello')
          const said = await terminal.sees(': hello')
          assert.match(said, `${ESC}[36mada`)
          await terminal.resize(120, 40)
          await terminal.sees('Your window is 120 by 40.')
          terminal.type('Grüße ✓\r')
          await terminal.sees('Grüße ✓')
          await terminal.sees(': Grüße ✓')
          terminal.type('/quit\r')
          await terminal.sees('Goodbye.')
          assert.not.match(terminal.screen, /fish/)
        },
        { telnetOffers },
      ),
    )
  }

  real(`${name}: two passwords one after the other, and both stay hidden`, () =>
    visiting(async ({ open }) => {
      const terminal = await open(command)
      await terminal.sees('Name: ')
      terminal.type('ada\r')
      for (let i = 0; i < 2; i++) {
        await terminal.sees('Password: ')
        terminal.type(`wrong fish ${i}\r`)
        await terminal.sees('Wrong.')
      }
      await terminal.sees('Password: ')
      terminal.type(`${SECRET}\r`)
      await terminal.sees('Welcome')
      assert.not.match(terminal.screen, /fish/)
    }),
  )

  real(`${name} hears what others say, and others hear it`, () =>
    visiting(async ({ open }) => {
      const ada = await open(command)
      await login(ada, 'ada')
      const bob = await open(command)
      await login(bob, 'bob')
      await ada.sees('bob is here.')
      bob.type('hello\r')
      assert.match(await ada.sees(': hello'), `${ESC}[36mbob`)
    }),
  )
}

if (telnet !== undefined) {
  for (const [name, key] of [
    ['Ctrl-C', CTRL_C],
    ['Ctrl-D', CTRL_D],
  ] as const) {
    real(`inetutils telnet: ${name} leaves politely, in a prompt and out of it`, () =>
      visiting(async ({ open }) => {
        const command = (host: string, port: number): string => `${telnet} ${host} ${port}`
        const bob = await open(command)
        await login(bob, 'bob')
        const atTheDoor = await open(command)
        await atTheDoor.sees('Name: ')
        atTheDoor.type('eve\r')
        await atTheDoor.sees('Password: ')
        atTheDoor.type(key)
        await atTheDoor.sees('Goodbye.')
        await atTheDoor.sees('Connection closed by foreign host.')
        await atTheDoor.exit

        const ada = await open(command)
        await login(ada, 'ada')
        ada.type(key)
        await ada.sees('Goodbye.')
        await ada.sees('Connection closed by foreign host.')
        await ada.exit
        assert.not.match(await bob.sees('ada has left.'), 'eve')
      }),
    )
  }

  real('inetutils telnet: letters whose bytes look like control keys are letters, thanks to BINARY', () =>
    visiting(async ({ open }) => {
      const terminal = await open((host, port) => `${telnet} ${host} ${port}`)
      await login(terminal, 'ada')
      // With the eighth bit off, some of their bytes are Ctrl-C, Ctrl-D, Ctrl-Z, Ctrl-\\ and Ctrl-].
      for (const line of ['уфу', 'Ąę', 'Śnieg', '✓', '“quoted”']) {
        terminal.type(`${line}\r`)
        await terminal.sees(`: ${line}`)
      }
    }),
  )

  real(
    'inetutils telnet: asked for single keys it goes on editing lines, since the service wants lines',
    () =>
      visiting(async ({ open }) => {
        const terminal = await open((host, port) => `${telnet} ${host} ${port}`)
        await login(terminal, 'ada')
        terminal.type('\x1d')
        await terminal.sees('telnet> ')
        terminal.type('mode character\r')
        // It is back once it has read the refusal, and that comes before this line's answer.
        terminal.type('one\r')
        await terminal.sees(': one')
        terminal.type('helo\x7flo\r')
        await terminal.sees(': hello')
      }),
  )

  real('the chat example: names in colour, and Ctrl-C, Ctrl-D and /quit leave politely', () =>
    withProgram(['examples/chat.ts', '--port=0', '--host=127.0.0.1'], async (program) => {
      const [, port] = await program.find(/127\.0\.0\.1 (\d+)\n/)
      await withTerminals({ host: '127.0.0.1', port: Number(port) }, async (open) => {
        const join = async (name: string): Promise<Terminal> => {
          const terminal = await open((host, port) => `${telnet} ${host} ${port}`)
          await terminal.sees('Please enter your name: ')
          terminal.type(`${name}\r`)
          await terminal.sees('Welcome, ')
          return terminal
        }
        const bob = await join('bob')
        // By its second answer the chat knows what it has there.
        bob.type('first\r')
        await bob.sees(': first')
        for (const [name, keys] of [
          ['cyd', CTRL_C],
          ['dan', CTRL_D],
          ['eve', '/quit\r'],
        ] as const) {
          const guest = await join(name)
          assert.match(await bob.sees('has connected'), ESC)
          guest.type('hello\r')
          assert.match(await bob.sees(': hello'), new RegExp(`${ESC}\\[3\\dm${name}`))
          guest.type(keys)
          await guest.sees('Goodbye.')
          await guest.exit
          await bob.sees('has left')
        }
      })
    }),
  )
}

if (tintin !== undefined) {
  real('TinTin++: Ctrl-D ends its session, and others are told', () =>
    visiting(async ({ open }) => {
      const command = (host: string, port: number): string => `${tintin} -G -e '#session den ${host} ${port}'`
      const bob = await open(command)
      await login(bob, 'bob')
      const ada = await open(command)
      await login(ada, 'ada')
      ada.type(CTRL_D)
      await bob.sees('ada has left.')
    }),
  )
}

if (netcat !== undefined) {
  const notice = 'Note: your client will show what you type.'

  for (const telnetOffers of OFFERS) {
    real(`netcat: its user is told that nothing is hidden, and gets plain text; offers ${telnetOffers}`, () =>
      visiting(
        async ({ open }) => {
          const terminal = await open((host, port) => `${netcat} ${host} ${port}`)
          await terminal.sees('Name: ')
          terminal.type('ada\r')
          await terminal.sees(notice)
          await terminal.sees('Password: ')
          terminal.type(`${SECRET}\r`)
          assert.match(await terminal.sees('Welcome, ada.'), SECRET)
          terminal.type('hello\r')
          await terminal.sees('ada: hello')
          assert.not.match(terminal.screen, ESC)
          // U+FFFD is what a terminal shows of telnet: at most the one question that at-connect asks of everyone.
          const rubbish = terminal.screen.split('\ufffd').length - 1
          assert.is(rubbish, telnetOffers === 'at-connect' ? 2 : 0)
        },
        { telnetOffers },
      ),
    )
  }

  real('netcat as a telnet client (-t) refuses whatever it is asked, and the traffic stops by itself', () =>
    visiting(
      async ({ open }) => {
        const terminal = await open((host, port) => `${netcat} -t ${host} ${port}`)
        await login(terminal, 'ada')
        terminal.type('hello\r')
        await terminal.sees('ada: hello')
      },
      { telnetOffers: 'at-connect' },
    ),
  )

  for (const [name, flags, key] of [
    ['Ctrl-C', '', CTRL_C],
    ['Ctrl-D', '-N', CTRL_D],
  ] as const) {
    real(`netcat: ${name} leaves, and others are told`, () =>
      visiting(async ({ open }) => {
        const bob = await open((host, port) => `${netcat} ${host} ${port}`)
        await login(bob, 'bob')
        const ada = await open((host, port) => `${netcat} ${flags} ${host} ${port}`)
        await login(ada, 'ada')
        ada.type(key)
        await bob.sees('ada has left.')
        await ada.exit
      }),
    )
  }
}

real.run()
