import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultOptions } from '../../../lib/telnet/index.js'
import { acquainted, cuts, hex, Line } from '../harness.js'

const naws = suite('telnet/options/naws')

function sized(...sizes: string[]): Line {
  const line = acquainted({ options: defaultOptions }).receive(hex('FF FB 1F'))
  line.takeEvents()
  for (const size of sizes) line.receive(hex(`FF FA 1F ${size} FF F0`))
  return line
}

const size = ({ telnet: { terminal } }: Line) => [terminal.columns, terminal.rows]

naws('a size is known, and told when it changes', () => {
  const line = sized('00 50 00 18', '00 50 00 18', '00 84 00 2B')
  assert.equal(line.takeEvents(), [
    { type: 'resize', columns: 80, rows: 24 },
    { type: 'resize', columns: 132, rows: 43 },
  ])
  assert.equal(size(line), [132, 43])
})

naws('a doubled 255 is one 255, at every cut', () => {
  for (const chunks of cuts(hex('FF FB 1F FF FA 1F 00 FF FF 00 FF FF FF F0'))) {
    assert.equal(size(new Line().receive(...chunks)), [255, 255])
  }
})

naws('0, 3 and 5 bytes are no size', () => {
  const line = sized('', '00 50 00', '00 50 00 18 00')
  assert.equal(size(line), [undefined, undefined])
  assert.equal(line.takeEvents(), [])
})

naws('zero means unknown (RFC 1073), for each of the two', () => {
  assert.equal(size(sized('00 00 00 00')), [undefined, undefined])
  assert.equal(size(sized('00 00 00 18')), [undefined, 24])
  const line = sized('00 50 00 18', '00 00 00 00')
  assert.equal(line.takeEvents().at(-1), { type: 'resize', columns: undefined, rows: undefined })
})

naws('65535 by 65535 is cut to 1000 by 1000', () => {
  assert.equal(size(sized('FF FF FF FF FF FF FF FF')), [1000, 1000])
})

naws('a size told before the agreement is heard; one told after it was ended is not', () => {
  const early = new Line().receive(hex('FF FA 1F 00 50 00 18 FF F0'))
  assert.equal(size(early), [80, 24])
  const late = sized('00 50 00 18').receive(hex('FF FC 1F FF FA 1F 00 10 00 10 FF F0'))
  assert.equal(size(late), [80, 24])
})

naws.run()
