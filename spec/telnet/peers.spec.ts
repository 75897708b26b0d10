/**
 * Whole conversations with peers as they are and as they should not be: traffic must stop by itself.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Decoder } from '../../lib/telnet/codec.js'
import { DO, DONT, type Verb, WILL, WONT } from '../../lib/telnet/constants.js'
import { negotiation } from '../../lib/telnet/encode.js'
import { defaultOptions, OPTION } from '../../lib/telnet/index.js'
import { hex, join, Line, show } from './harness.js'

const peers = suite('telnet, with peers')

/** What a peer sends back for what it is sent. */
type Peer = (bytes: Uint8Array) => Uint8Array

/** A peer that looks at negotiations only. `answer` gives the verb to answer with. */
function negotiator(answer: (verb: Verb, option: number) => Verb | undefined): Peer {
  const decoder = new Decoder()
  return (bytes) => {
    const answers: Uint8Array[] = []
    decoder.push(bytes, (token) => {
      if (token.type !== 'negotiation') return
      const verb = answer(token.verb, token.option)
      if (verb !== undefined) answers.push(negotiation(verb, token.option))
    })
    return join(...answers)
  }
}

const mirror: Peer = (bytes) => bytes
const silent: Peer = () => new Uint8Array(0)
const refuser = () => negotiator((verb) => (verb === WILL ? DONT : verb === DO ? WONT : undefined))
const nc = () => negotiator((verb) => (verb === WILL || verb === WONT ? DONT : WONT))
const agreements: Record<Verb, Verb> = { [WILL]: DO, [DO]: WILL, [WONT]: DONT, [DONT]: WONT }
const agreer = () => negotiator((verb) => agreements[verb])
/** TinTin++ has one flag an option for both sides: set by an answered offer, cleared without a word. */
const tintin = () => {
  const flags = new Set<number>()
  const wants = new Set([1, 3, 24, 25, 31, 39, 42])
  return negotiator((verb, option) => {
    if (verb === WONT || verb === DONT) {
      flags.delete(option)
      return undefined
    }
    if (flags.has(option)) return undefined
    flags.add(option)
    if (verb === WILL) return wants.has(option) ? DO : DONT
    return wants.has(option) ? WILL : WONT
  })
}

/** Passes bytes to and fro until both are silent; the number of times it took, or a failure. */
function converse(line: Line, peer: Peer, most = 30): number {
  for (let rounds = 0; ; rounds++) {
    if (line.sent.length === 0) return rounds
    assert.ok(rounds < most, `still talking after ${rounds} rounds: ${show(line.sent)}`)
    const bytes = line.sent
    line.takeSent()
    line.receive(peer(bytes))
  }
}

const all: [string, () => Peer][] = [
  ['mirrors every byte', () => mirror],
  ['says nothing', () => silent],
  ['refuses everything', refuser],
  ['says DONT and WONT to everything (nc -t)', nc],
  ['agrees to everything', agreer],
  ['is TinTin++', tintin],
]

for (const [name, make] of all) {
  peers(`with a peer that ${name} the traffic stops by itself, whatever the service does`, () => {
    const line = new Line({
      options: [...defaultOptions, { code: 201, name: 'GMCP', us: 'offer', them: 'offer' }],
    })
    const peer = make()
    line.telnet.open()
    converse(line, peer)
    for (let i = 0; i < 10; i++) {
      line.telnet.hideInput()
      if (i % 2 === 0) converse(line, peer)
      line.telnet.showInput()
      if (i % 3 === 0) converse(line, peer)
      line.telnet.request('us', OPTION.SGA, i % 2 === 0)
      line.telnet.request('them', OPTION.BINARY, i % 3 === 0)
    }
    line.receive(hex('FF F4 FF FD 06 FF F6 FF FB 06'))
    converse(line, peer)
    const before = line.log.lines.length
    line.receive(hex('hello 0D 0A'))
    assert.equal(line.log.lines.slice(before), ['text 68 65 6C 6C 6F 0D 0A'])
  })
}

peers('TinTin++ hides every password, though it acknowledges no WONT', () => {
  const line = new Line()
  const peer = tintin()
  line.telnet.open()
  converse(line, peer)
  for (let i = 0; i < 4; i++) {
    line.telnet.hideInput()
    converse(line, peer)
    assert.ok(line.telnet.isEnabled('us', OPTION.ECHO), `password ${i}`)
    line.telnet.showInput()
    converse(line, peer)
  }
})

peers(
  'nc -t and the refuser are known to hide nothing; the agreer and TinTin++ to hide; the silent one is not known',
  () => {
    const known: [() => Peer, boolean | undefined][] = [
      [nc, false],
      [refuser, false],
      [agreer, true],
      [tintin, true],
      [() => silent, undefined],
    ]
    for (const [make, expected] of known) {
      const line = new Line()
      const peer = make()
      line.telnet.open()
      line.telnet.hideInput()
      converse(line, peer)
      assert.is(line.telnet.hideInput(), expected)
    }
  },
)

peers("PuTTY's beginning leaves it editing lines, with its type, size and environment asked for", () => {
  const line = new Line()
  line.telnet.open()
  assert.is(line.takeSent(), 'FF FD 18')
  // WILL NAWS, TSPEED, TTYPE, NEW-ENVIRON, DO ECHO, WILL SGA, DO SGA.
  line.receive(hex('FF FB 1F FF FB 20 FF FB 18 FF FB 27 FF FD 01 FF FB 03 FF FD 03'))
  assert.is(
    line.takeSent(),
    [
      'FF FD 1F', // DO NAWS, and our offers: WILL CHARSET, DO NEW-ENVIRON, WILL END-OF-RECORD, DO BINARY
      'FF FB 2A FF FD 27 FF FB 19 FF FD 00',
      'FF FE 20', // DONT TSPEED
      'FF FA 18 01 FF F0', // its WILL TTYPE answers our DO: SEND
      'FF FA 27 01 FF F0', // its WILL NEW-ENVIRON too
      'FF FC 01 FF FD 03 FF FC 03', // WONT ECHO, DO SGA, WONT SGA
    ].join(' '),
  )
  line.receive(
    hex(
      'FF FA 18 00 XTERM FF F0 FF FA 1F 00 50 00 18 FF F0 FF FA 27 00 00 USER 01 ada FF F0 FF FE 2A FF FE 19',
    ),
  )
  line.receive(hex('FF FA 18 00 XTERM FF F0'))
  const { terminal } = line.telnet
  assert.equal([terminal.type, terminal.columns, terminal.rows, terminal.colours], ['XTERM', 80, 24, 16])
  assert.is(terminal.environment.get('USER'), 'ada')
})

peers('two of us, each taking the other for a client, fall silent', () => {
  const [a, b] = [new Line(), new Line()]
  const talk = () =>
    converse(a, (bytes) => {
      b.receive(bytes)
      const answer = b.sent
      b.takeSent()
      return answer
    })
  a.telnet.open()
  b.telnet.open()
  talk()
  a.telnet.hideInput()
  b.telnet.hideInput()
  talk()
  a.telnet.showInput()
  talk()
})

const verbOrNone = fc.option(fc.constantFrom<Verb>(WILL, WONT, DO, DONT), { nil: undefined })

peers(
  'no peer that answers offers as it likes, with requests of its own thrown in, keeps the traffic going',
  () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ will: verbOrNone, do: verbOrNone }), { minLength: 1, maxLength: 5 }),
        fc.array(
          fc.oneof(
            fc.constantFrom('hide', 'show', 'talk'),
            fc.tuple(
              fc.constantFrom<Verb>(WILL, WONT, DO, DONT),
              fc.constantFrom(0, 1, 3, 6, 24, 25, 31, 39, 42, 200),
            ),
          ),
          { maxLength: 30 },
        ),
        (manners, moves) => {
          // Whatever it likes, also another thing each time; but like any peer it lets a refusal be.
          let turn = 0
          const peer = negotiator((verb) => {
            const manner = manners[turn++ % manners.length]
            if (verb === WILL) return manner?.will
            return verb === DO ? manner?.do : undefined
          })
          const line = new Line({ maxTelnetReplies: 1_000_000 })
          line.telnet.open()
          for (const move of moves) {
            if (move === 'hide') line.telnet.hideInput()
            else if (move === 'show') line.telnet.showInput()
            else if (move === 'talk') converse(line, peer, 400)
            else line.receive(negotiation(...move))
          }
          converse(line, peer, 400)
        },
      ),
      { numRuns: 300 },
    )
  },
)

peers(
  'a peer that will not let a refusal be is answered no more often than the limit allows (rule 19)',
  () => {
    // DONT is answered WILL, WONT is answered DO: RFC 854 forbids it, and no state machine could end it.
    const line = new Line()
    const peer = negotiator((verb) => (verb === DONT ? WILL : verb === WONT ? DO : undefined))
    line.receive(hex('FF FB C8'))
    const rounds = converse(line, peer, 200)
    assert.ok(rounds <= 101, `${rounds}`)
    assert.ok(line.log.lines.includes('limit maxTelnetReplies'))
  },
)

peers.run()
