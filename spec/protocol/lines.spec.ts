import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultLimits } from '../../lib/limits.js'
import { lines, type ProtocolConnection, type ProtocolSettings } from '../../lib/protocol/index.js'
import { TelnetSettings } from '../../lib/telnet/index.js'

/** A connection that speaks it, and everything that comes out of it, in order. */
function setUp(settings: Partial<ProtocolSettings> = {}): {
  protocol: ProtocolConnection
  log: string[]
  type: (text: string) => void
} {
  const log: string[] = []
  const protocol = lines.open(
    {
      deliver: (line) => log.push(`line ${line}`),
      reply: (data) =>
        log.push(`reply ${typeof data === 'string' ? data : Buffer.from(data).toString('hex')}`),
      telnetEvent: (event) => log.push(`event ${event.type}`),
      limitExceeded: (limit) => log.push(`limit ${limit}`),
      close: () => log.push('close'),
    },
    {
      limits: defaultLimits,
      sanitize: true,
      telnet: new TelnetSettings(),
      telnetOffers: 'when-needed',
      ...settings,
    },
  )
  return { protocol, log, type: (text) => protocol.receive(Buffer.from(text, 'latin1')) }
}

const DO_TTYPE = 'reply fffd18'

test('lines and telnet events come in the order of the stream', () => {
  const { log, type } = setUp()
  for (const byte of 'one\r\n\xff\xf4two\r\n\xff\xf6three\r\n') type(byte)
  assert.equal(
    log.filter((entry) => /^line|interrupt|are-you/.test(entry)),
    ['line one', 'event interrupt', 'line two', 'event are-you-there', 'line three'],
  )
})

test('an event comes when all that was read with it is answered: the timing mark behind Ctrl-C (RFC 860)', () => {
  const { log, type } = setUp()
  type('\xff\xf4\xff\xfd\x06')
  assert.is(log.at(-1), 'event interrupt')
  assert.ok(log.includes('reply fffb06'))
})

test('a program that needs no terminal sends nobody a byte of telnet', () => {
  const { protocol, log, type } = setUp()
  protocol.start()
  type('one\r\ntwo\n')
  assert.equal(log, ['line one', 'line two'])
})

test('a program that needs the terminal has those asked that end lines as telnet does, once', () => {
  const { protocol, log, type } = setUp()
  protocol.needTerminal()
  assert.equal(log, [])
  type('one\r\n')
  protocol.needTerminal()
  type('two\r\n')
  assert.equal(log, ['line one', DO_TTYPE, 'line two'])
})

test('a peer that ends lines in a bare LF is never asked', () => {
  const { protocol, log, type } = setUp()
  protocol.needTerminal()
  type('one\ntwo\n')
  assert.equal(log, ['line one', 'line two'])
})

test('everybody is asked at once, or nobody ever, where the service says so', () => {
  const eager = setUp({ telnetOffers: 'at-connect' })
  eager.protocol.start()
  assert.equal(eager.log, [DO_TTYPE])
  const silent = setUp({ telnetOffers: 'never' })
  silent.protocol.start()
  silent.protocol.needTerminal()
  silent.type('one\r\n')
  assert.equal(silent.log, ['line one'])
})

test('without telnet its bytes are text, and control keys are nothing', () => {
  const { log, type } = setUp({ telnet: undefined })
  type('a\xff\xf4\x03b\r\n')
  assert.equal(log, ['line a\ufffd\ufffdb'])
})

test('Ctrl-C and Ctrl-D that come as keys are events', () => {
  const { log, type } = setUp()
  for (const key of 'ab\x03c\r\n\x04') type(key)
  assert.equal(log, ['event interrupt', 'line abc', 'event end-of-file'])
})

test('what a client takes back by telnet is taken back', () => {
  const { log, type } = setUp()
  type('ab\xff\xf7c\r\nwrong\xff\xf8right\r\n')
  assert.equal(
    log.filter((entry) => entry.startsWith('line')),
    ['line ac', 'line right'],
  )
})

test('a character set that was agreed on is read from there on', () => {
  const { protocol, log, type } = setUp()
  type('\xff\xfd\x2a') // DO CHARSET: it will be asked, and takes what it likes
  type('\xff\xfa\x2a\x02ISO-8859-1\xff\xf0caf\xe9\r\n')
  assert.is(protocol.telnet?.encoding, 'latin1')
  assert.ok(log.includes('line café'))
})

test('it goes on in another process at any byte', () => {
  const bytes = Buffer.from(
    'one\r\n\xff\xfb\x18\xff\xfa\x18\x00XTERM\xff\xf0tw\xc3\xa9\r\0\xff\xf4three\r\n',
    'latin1',
  )
  const whole = setUp()
  whole.protocol.receive(bytes)
  for (let i = 0; i <= bytes.length; i++) {
    const before = setUp()
    before.protocol.receive(bytes.subarray(0, i))
    const after = setUp()
    after.protocol.restore(JSON.parse(JSON.stringify(before.protocol.save())))
    after.protocol.receive(bytes.subarray(i))
    // Events wait for the end of their chunk, so they are compared among themselves.
    for (const kind of ['event', 'line', 'reply']) {
      const of = (log: string[]): string[] => log.filter((entry) => entry.startsWith(kind))
      assert.equal(of([...before.log, ...after.log]), of(whole.log))
    }
    assert.is(after.protocol.telnet?.terminal.type, 'XTERM')
  }
})

test('where telnet is off in the process that goes on, what was agreed on is forgotten, and lines go on', () => {
  const before = setUp()
  before.type('\xff\xfd\x2a\xff\xfa\x2a\x02ISO-8859-1\xff\xf0on')
  assert.is(before.protocol.telnet?.encoding, 'latin1')
  const after = setUp({ telnet: undefined })
  after.protocol.restore(JSON.parse(JSON.stringify(before.protocol.save())))
  assert.is(after.protocol.telnet, undefined)
  assert.is(after.protocol.encoding, 'utf-8')
  after.type('e\r\ncaf\xc3\xa9\r\n')
  assert.equal(after.log, ['line one', 'line café'])
  assert.equal(Object.keys(after.protocol.save() as object), ['splitter'])
})

test('where telnet was off before, it begins anew, and lines go on', () => {
  const before = setUp({ telnet: undefined })
  before.type('on')
  const after = setUp()
  after.protocol.restore(before.protocol.save())
  after.protocol.needTerminal()
  after.type('e\r\n')
  assert.equal(after.log, ['line one', DO_TTYPE])
})

test('a line that is too long is told to the peer and to the service (rule 19)', () => {
  const { log, type } = setUp({ limits: { ...defaultLimits, maxLineLength: 3 } })
  type('four\r\nend\r\n')
  assert.equal(log, ['reply That line is too long: at most 3 bytes.\r\n', 'limit maxLineLength', 'line end'])
})

test.run()
