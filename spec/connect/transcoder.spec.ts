import { DO, IAC, OPTION, subnegotiation, WILL } from 'mara-ts/telnet'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { clientTelnet } from '../../lib/connect/telnet-options.js'
import { Transcoder } from '../../lib/connect/transcoder.js'

const ignore = (): void => {}
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** With telnet, and what that has answered. */
function withTelnet(): { text: Transcoder; answers: string[] } {
  const answers: string[] = []
  return { text: new Transcoder(clientTelnet(), false, (bytes) => answers.push(latin1(bytes))), answers }
}

test('text is sent with CR LF for each line end, and bytes as they are', () => {
  const text = new Transcoder(undefined, false, ignore)
  assert.is(latin1(text.write('a\nb', true)), 'a\r\nb\r\n')
  assert.is(latin1(text.write('a\r\nb', false)), 'a\r\nb')
  assert.equal([...text.write(Uint8Array.of(10, IAC), true)], [10, IAC])
})

test('text is read with LF for each line end, wherever chunks are cut', () => {
  const text = new Transcoder(undefined, false, ignore)
  const chunks = [...Buffer.from('é\r\n€\r\0x')].map((byte) => text.read(Uint8Array.of(byte)))
  assert.is(chunks.join(''), 'é\n€\nx')
  assert.is(text.end(), '')
  text.read(Uint8Array.of(0xe2))
  assert.is(text.end(), '\ufffd')
})

test('control characters go where they are not wanted, and line ends stay (14)', () => {
  const bytes = Buffer.from('\x1b[1ma\r\n')
  assert.is(new Transcoder(undefined, true, ignore).read(bytes), '[1ma\n')
  assert.is(new Transcoder(undefined, false, ignore).read(bytes), '\x1b[1ma\n')
})

test('telnet is taken out and answered, and IAC is doubled', () => {
  const { text, answers } = withTelnet()
  assert.is(
    text.read(Buffer.concat([Buffer.from('a'), Uint8Array.of(IAC, DO, OPTION.SGA), Buffer.from('b')])),
    'ab',
  )
  assert.equal(answers, [latin1(Uint8Array.of(IAC, WILL, OPTION.SGA))])
  assert.equal([...text.write(Uint8Array.of(1, IAC, 2), true)], [1, IAC, IAC, 2])
})

test('where binary transmission is agreed, Enter is CR', () => {
  const { text } = withTelnet()
  text.read(Uint8Array.of(IAC, DO, OPTION.BINARY))
  assert.is(latin1(text.write('a\nb', true)), 'a\rb\r')
})

test('the character set is the one that is agreed on, both ways', () => {
  const { text } = withTelnet()
  assert.is(latin1(text.write('é', false)), '\xc3\xa9')
  text.read(Uint8Array.of(IAC, WILL, OPTION.CHARSET))
  text.read(subnegotiation(OPTION.CHARSET, Buffer.from('\x01;ISO-8859-1', 'latin1')))
  assert.is(latin1(text.write('é', false)), '\xe9')
  assert.is(text.read(Uint8Array.of(0xe9)), 'é')
})

test.run()
