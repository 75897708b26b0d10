import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { binary, defaultOptions, OPTION, sga, Telnet, type TelnetOption } from '../../lib/telnet/index.js'
import { acquainted, bytewise, CORPUS, cutAt, cuts, hex, Line, show, telnetBytes } from './harness.js'

const facade = suite('telnet')

// What a peer is offered once it has shown that it speaks telnet, after DO TTYPE at connect:
// DO NAWS, WILL CHARSET, DO NEW-ENVIRON, WILL END-OF-RECORD, DO BINARY.
const OFFERS = 'FF FD 1F FF FB 2A FF FD 27 FF FB 19 FF FD 00'

facade('a peer is offered one thing at connect, once', () => {
  const line = new Line()
  line.telnet.open()
  line.telnet.open()
  assert.is(line.takeSent(), 'FF FD 18')
})

facade('a peer that speaks no telnet is sent nothing more, and keeps no state', () => {
  const line = new Line()
  line.telnet.open()
  line.takeSent()
  // A doubled 0xFF, too, may be plain data.
  line.receive(hex('hello 0D 0A FF FF FF 68'))
  assert.is(line.takeSent(), '')
  assert.is(line.text, 'hello\r\n\xff\x68')
  assert.not.ok(line.telnet.speaksTelnet)
  assert.not.ok(line.telnet.terminal.telnet)
  assert.is(line.telnet.endOfPrompt(), undefined)
  assert.equal(line.telnet.save(), { opened: true })
})

facade('plain text passes as it came: the same array', () => {
  const line = new Line()
  const chunk = hex('hello')
  let seen: Uint8Array | undefined
  line.telnet.receive(chunk, (bytes) => {
    seen = bytes
  })
  assert.is(seen, chunk)
})

facade('any sign of telnet brings out the other offers, once, after the answer to it', () => {
  for (const sign of ['FF FC 18', 'FF F1', 'FF FA 63 FF F0', 'FF FE C8']) {
    const line = new Line()
    line.telnet.open()
    line.takeSent()
    line.receive(hex(sign), hex(sign))
    assert.is(line.takeSent(), OFFERS, sign)
    assert.ok(line.telnet.speaksTelnet)
    assert.equal(line.takeEvents()[0], { type: 'terminal', learned: 'telnet' })
  }
  const line = new Line()
  line.telnet.open()
  line.takeSent()
  line.receive(hex('FF FB C8'))
  assert.is(line.takeSent(), `FF FE C8 ${OFFERS}`)
})

facade('what the peer has offered by itself is not offered again', () => {
  const line = new Line()
  line.telnet.open()
  line.takeSent()
  line.receive(hex('FF FB 1F'))
  assert.is(line.takeSent(), OFFERS)
  line.receive(hex('FF FB 27'))
  // An answer to our offer, not a request: no DO again, but the question that follows it.
  assert.is(line.takeSent(), 'FF FA 27 01 FF F0')
})

facade('with no opening the peer that begins is offered everything all the same', () => {
  const line = new Line({ opening: [] })
  line.telnet.open()
  assert.is(line.takeSent(), '')
  line.receive(hex('FF F1'))
  assert.is(line.takeSent(), `FF FD 18 ${OFFERS}`)
})

facade('opening after the first request or word of the peer offers nothing twice', () => {
  const line = new Line()
  line.telnet.hideInput()
  line.telnet.open()
  assert.is(line.takeSent(), 'FF FB 01 FF FD 18')
  line.receive(hex('FF FB 18'))
  assert.is(line.takeSent(), `FF FA 18 01 FF F0 ${OFFERS}`)
  // Nor when all has been asked for by then.
  const known = new Line()
  known.receive(hex('FF F1'))
  assert.is(known.takeSent(), `FF FD 18 ${OFFERS}`)
  known.telnet.open()
  known.telnet.open()
  assert.is(known.takeSent(), '')
})

facade('what nobody knows is refused, each time it is asked for; a DONT or WONT of it gets no answer', () => {
  const line = acquainted()
  line.receive(hex('FF FB C8'))
  assert.is(line.takeSent(), 'FF FE C8')
  line.receive(hex('FF FD C8'))
  assert.is(line.takeSent(), 'FF FC C8')
  line.receive(hex('FF FE C8 FF FC C8 FF FE 01 FF FC 1F'))
  assert.is(line.takeSent(), '')
  assert.equal(line.takeEvents(), [])
})

facade('text, events and text again come in the order of the stream, at every cut', () => {
  for (const chunks of cuts(hex('61 FF FF 62 C3 FF F4 A9'))) {
    const line = acquainted().receive(...chunks)
    assert.equal(line.log.lines, ['text 61 FF 62 C3', 'event {"type":"interrupt"}', 'text A9'])
  }
})

facade('hiding is WILL ECHO, showing WONT ECHO, and each is sent once', () => {
  const line = acquainted({ options: defaultOptions })
  assert.is(line.telnet.hideInput(), undefined)
  line.telnet.hideInput()
  assert.is(line.takeSent(), 'FF FB 01')
  line.receive(hex('FF FD 01 FF FD 01'))
  assert.equal(line.takeEvents(), [{ type: 'negotiated', option: 1, side: 'us', enabled: true }])
  assert.is(line.takeSent(), '')
  line.telnet.showInput()
  line.telnet.showInput()
  assert.is(line.takeSent(), 'FF FC 01')
  assert.is(line.telnet.hideInput(), true)
})

facade(
  'a second password is hidden although the peer never acknowledged the WONT, as TinTin++ does not',
  () => {
    const line = acquainted()
    for (let i = 0; i < 5; i++) {
      line.telnet.hideInput()
      line.receive(hex('FF FD 01'))
      line.telnet.showInput()
    }
    assert.is(line.takeSent(), Array(5).fill('FF FB 01 FF FC 01').join(' '))
    // And nothing at all from the peer, ever.
    const silent = new Line()
    for (let i = 0; i < 50; i++) {
      assert.is(silent.telnet.hideInput(), undefined)
      silent.telnet.showInput()
    }
    assert.is(silent.takeSent(), Array(50).fill('FF FB 01 FF FC 01').join(' '))
  },
)

facade('a peer that will not hide is told of, then and when it changes its mind', () => {
  const line = acquainted()
  line.telnet.hideInput()
  line.receive(hex('FF FE 01'))
  assert.equal(line.takeEvents(), [{ type: 'refused', option: 1, side: 'us' }])
  line.telnet.showInput()
  assert.is(line.telnet.hideInput(), false)
  line.receive(hex('FF FD 01'))
  line.takeEvents()
  line.takeSent()
  line.receive(hex('FF FE 01'))
  assert.equal(line.takeEvents(), [
    { type: 'negotiated', option: 1, side: 'us', enabled: false },
    { type: 'refused', option: 1, side: 'us' },
  ])
  assert.is(line.takeSent(), 'FF FC 01')
})

facade(
  'a peer that is no telnet client by its lines is asked to hide nothing, until it speaks telnet',
  () => {
    const sent: string[] = []
    const host = {
      plain: true,
      send: (bytes: Uint8Array) => sent.push(show(bytes)),
      on: () => {},
      limit: () => {},
    }
    const telnet = new Telnet(host)
    assert.is(telnet.hideInput(), false)
    telnet.showInput()
    assert.equal(sent, [])
    telnet.receive(hex('FF F1'), () => {})
    sent.length = 0
    assert.is(telnet.hideInput(), undefined)
    assert.equal(sent, ['FF FB 01'])
  },
)

facade('whoever watches gets each event after the host, until they look away, and after a restart', () => {
  const line = acquainted()
  const seen: string[] = []
  const watch = (name: string) =>
    line.telnet.watch((event) => seen.push(`${name} ${event.type}, host ${line.events.at(-1)?.type}`))
  const stops = [watch('a'), watch('b')]
  line.receive(hex('FF F4'))
  stops[0]?.()
  line.receive(hex('FF F3'))
  stops[1]?.()
  line.receive(hex('FF F4'))
  line.restart()
  watch('c')
  line.receive(hex('FF F6'))
  assert.equal(seen, [
    'a interrupt, host interrupt',
    'b interrupt, host interrupt',
    'b break, host break',
    'c are-you-there, host are-you-there',
  ])
})

facade('showing what was never hidden says nothing', () => {
  const line = new Line()
  line.telnet.showInput()
  assert.is(line.takeSent(), '')
  assert.equal(line.telnet.save(), {})
})

facade(
  'after a prompt comes EOR if agreed, else GA unless it is suppressed, and to no telnet nothing',
  () => {
    const line = new Line({
      options: [...defaultOptions.filter((option) => option !== sga), { ...sga, us: 'accept' }],
    })
    const mark = () => show(line.telnet.endOfPrompt() ?? hex(''))
    assert.is(mark(), '')
    line.receive(hex('FF F1'))
    assert.is(mark(), 'FF F9')
    line.receive(hex('FF FD 03'))
    assert.is(mark(), '')
    line.receive(hex('FF FD 19'))
    assert.is(mark(), 'FF EF')
    line.receive(hex('FF FE 19 FF FE 03'))
    assert.is(mark(), 'FF F9')
  },
)

facade('a service may ask for any option, on either side', () => {
  const line = acquainted()
  line.telnet.request('us', OPTION.SGA, true)
  line.telnet.request('them', 99, true)
  assert.is(line.takeSent(), 'FF FB 03 FF FD 63')
  line.receive(hex('FF FD 03 FF FC 63'))
  assert.ok(line.telnet.isEnabled('us', OPTION.SGA))
  assert.not.ok(line.telnet.isEnabled('them', 99))
  assert.equal(line.takeEvents(), [
    { type: 'negotiated', option: 3, side: 'us', enabled: true },
    { type: 'refused', option: 99, side: 'them' },
  ])
})

facade('AYT is answered, and told', () => {
  const line = acquainted().receive(hex('FF F6'))
  assert.is(Buffer.from(line.sent).toString(), '\r\n[Yes]\r\n')
  assert.equal(line.takeEvents(), [{ type: 'are-you-there' }])
})

facade('every command of RFC 854 that a user can mean is an event; the others are nothing', () => {
  const line = acquainted().receive(hex('FF F3 FF F4 FF F5 FF F7 FF F8 FF EC FF ED FF EE'))
  assert.equal(
    line.takeEvents().map(({ type }) => type),
    [
      'break',
      'interrupt',
      'abort-output',
      'erase-character',
      'erase-line',
      'end-of-file',
      'suspend',
      'abort',
    ],
  )
  line.receive(hex('FF F0 FF F1 FF F2 FF F9 FF EF'))
  assert.equal(line.takeEvents(), [])
  assert.is(line.takeSent(), '')
  assert.is(line.text, '')
})

facade('what the service writes has its 0xFF doubled, and is the same array if it has none', () => {
  const { telnet } = new Line()
  const plain = hex('hello')
  assert.is(telnet.escape(plain), plain)
  assert.is(show(telnet.escape(hex('61 FF'))), '61 FF FF')
})

facade('malformed subnegotiations throw nothing, and the next line arrives', () => {
  for (const bad of [
    'FF FA FF F0',
    'FF FA F0',
    'FF FA 18 FF F0',
    'FF FA 18 00 41 FF FD 01',
    'FF FA 01 FF 41',
  ]) {
    for (const chunks of cuts(hex(`${bad} hello 0D 0A`)))
      assert.is(new Line().receive(...chunks).text, 'hello\r\n', bad)
  }
})

facade('a subnegotiation past the limit is reported once; not one byte of it becomes text (rule 19)', () => {
  const long = Uint8Array.of(255, 250, 24, ...new Uint8Array(20_000).fill(65), 255, 240, ...hex('next 0D 0A'))
  for (const chunks of [[long], cutAt(long, [100, 8195, 8196, 8197, 20_003, 20_004]), bytewise(long)]) {
    const line = acquainted({ options: defaultOptions }).receive(...chunks)
    assert.equal(line.log.lines, ['limit maxSubnegotiation', 'text 6E 65 78 74 0D 0A'])
  }
})

facade('a million requests get one second of answers, one report, and no memory (rule 19)', () => {
  const line = acquainted({ options: defaultOptions })
  // Unknown options, timing marks, AYT, and an option that goes on and off.
  const request = hex('FF FB C8 FF FD C7 FF FD 06 FF F6 FF FB 18 FF FC 18')
  const chunk = new Uint8Array(request.length * 5000)
  for (let at = 0; at < chunk.length; at += request.length) chunk.set(request, at)
  for (let i = 0; i < 34; i++) line.receive(chunk)
  const answers = line.log.lines.filter((entry) => entry.startsWith('sent'))
  assert.ok(answers.length <= 100, `${answers.length}`)
  assert.is(line.log.lines.filter((entry) => entry === 'limit maxTelnetReplies').length, 1)
  assert.ok(JSON.stringify(line.telnet.save()).length < 1500)
  assert.is(line.text, '')
  line.clock.time += 1000
  line.takeSent()
  line.receive(hex('FF FB C8'))
  assert.is(line.takeSent(), 'FF FE C8')
})

facade('a request that goes unanswered changes nothing: it is heard when it comes again', () => {
  const line = acquainted({ maxTelnetReplies: 1, options: [{ ...binary, them: 'accept' }] })
  line.clock.time += 1000
  line.receive(hex('FF FB C8 FF FB 00'))
  assert.is(line.takeSent(), 'FF FE C8')
  assert.not.ok(line.telnet.isEnabled('them', OPTION.BINARY))
  line.clock.time += 1000
  line.receive(hex('FF FB 00'))
  assert.is(line.takeSent(), 'FF FD 00')
  assert.ok(line.telnet.isEnabled('them', OPTION.BINARY))
  // Turning off is obeyed in any case.
  line.receive(hex('FF FC 00'))
  assert.is(line.takeSent(), '')
  assert.not.ok(line.telnet.isEnabled('them', OPTION.BINARY))
})

facade("the service's own requests do not count as answers", () => {
  const line = acquainted({ maxTelnetReplies: 1 })
  line.receive(hex('FF FB C8'))
  line.takeSent()
  line.telnet.hideInput()
  assert.is(line.takeSent(), 'FF FB 01')
})

// A program's own option: GMCP, the MUD clients' side channel. What it keeps goes to `memory`.
const gmcp: TelnetOption = {
  code: 201,
  name: 'GMCP',
  us: 'offer',
  onEnable: (_side, context) => {
    context.memory = { messages: 0 }
    context.reply(hex('Core.Hello'))
  },
  onDisable: (_side, context) => {
    context.memory = undefined
  },
  subnegotiation: (payload, context) => {
    const { messages } = context.memory as { messages: number }
    context.memory = { messages: messages + 1 }
    const data = { message: Buffer.from(payload).toString(), number: messages + 1 }
    context.emit({ type: 'custom', option: 201, name: 'gmcp', data })
  },
}

facade("a program's own option is offered, enabled, heard, sent, saved and disabled", () => {
  const line = new Line({ options: [gmcp], opening: [201] })
  line.telnet.open()
  assert.is(line.takeSent(), 'FF FB C9')
  assert.not.ok(line.telnet.subnegotiate(201, hex('too 20 early')))
  line.receive(hex('FF FD C9'))
  assert.is(Buffer.from(line.sent).toString('latin1'), '\xff\xfa\xc9Core.Hello\xff\xf0')
  line.takeSent()
  line.takeEvents()
  line.receive(hex('FF FA C9 one FF F0'))
  line.restart().receive(hex('FF FA C9 FF FF two FF F0'))
  assert.equal(line.takeEvents(), [
    { type: 'custom', option: 201, name: 'gmcp', data: { message: 'one', number: 1 } },
    { type: 'custom', option: 201, name: 'gmcp', data: { message: '\ufffdtwo', number: 2 } },
  ])
  assert.ok(line.telnet.subnegotiate(201, hex('Char.Vitals 20 FF')))
  assert.is(Buffer.from(line.sent).toString('latin1'), '\xff\xfa\xc9Char.Vitals \xff\xff\xff\xf0')
  line.receive(hex('FF FE C9 FF FA C9 late FF F0'))
  assert.equal(line.takeEvents(), [
    { type: 'negotiated', option: 201, side: 'us', enabled: false },
    { type: 'refused', option: 201, side: 'us' },
  ])
  assert.is(line.telnet.save().session?.memory, undefined)
})

// Everything that happens to a service that hides a password somewhere in the stream.
function story(chunks: readonly Uint8Array[], between: (line: Line) => void = () => {}): string[] {
  const line = new Line({ maxSubnegotiation: 64 })
  line.telnet.open()
  line.telnet.hideInput()
  for (const chunk of chunks) {
    line.receive(chunk)
    between(line)
  }
  line.telnet.showInput()
  line.receive(hex('FF FE 01 end'))
  line.log.lines.push(JSON.stringify([line.telnet.terminal.type, line.telnet.encoding, line.telnet.save()]))
  return line.log.lines
}

facade('the corpus gives the same texts, events and answers at every cut and byte by byte', () => {
  for (const stream of CORPUS) {
    const whole = story([stream])
    for (const chunks of cuts(stream)) assert.equal(story(chunks), whole)
  }
})

facade('the corpus gives the same texts, events and answers with a restart at every byte', () => {
  for (const stream of CORPUS) {
    const whole = story([stream])
    assert.equal(
      story(bytewise(stream), (line) => line.restart()),
      whole,
    )
    for (const chunks of cuts(stream))
      assert.equal(
        story(chunks, (line) => line.restart()),
        whole,
      )
  }
})

facade(
  'any bytes give the same texts, events and answers at any cuts and restarts, and nothing throws',
  () => {
    fc.assert(
      fc.property(telnetBytes, fc.array(fc.nat()), fc.boolean(), (bytes, places, restarts) => {
        const cut = story(cutAt(bytes, places), (line) => {
          if (restarts) line.restart()
        })
        assert.equal(cut, story([bytes]))
      }),
      { numRuns: 300 },
    )
  },
)

facade('the terminal is one object for the life of a connection', () => {
  const { telnet } = new Line()
  const { terminal } = telnet
  telnet.receive(hex('FF FB 1F FF FA 1F 00 50 00 18 FF F0'), () => {})
  assert.is(telnet.terminal, terminal)
  assert.is(terminal.columns, 80)
})

facade('without settings the defaults hold', () => {
  const sent: string[] = []
  const telnet = new Telnet({ send: (bytes) => sent.push(show(bytes)), on: () => {}, limit: () => {} })
  telnet.open()
  telnet.receive(hex('FF FB C8'), () => {})
  assert.equal(sent.slice(0, 2), ['FF FD 18', 'FF FE C8'])
})

facade.run()
