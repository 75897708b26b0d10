import { Duplex, Readable } from 'node:stream'
import { InvalidDuplexError } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkDuplex, DuplexConnection } from '../../lib/transport/duplex.js'

test('a stream of bytes that goes both ways is taken as it is', () => {
  const duplex = new Duplex()
  assert.is(checkDuplex(duplex), duplex)
})

test('everything else is refused by what it is', () => {
  for (const [wrong, words] of [
    [undefined, /got undefined/],
    [null, /got null/],
    ['socket', /got string/],
    [{}, /got Object/],
    [new Readable(), /got Readable/],
    [new Duplex({ objectMode: true }), /object mode/],
  ] as const) {
    assert.throws(
      () => checkDuplex(wrong),
      (error: Error) => error instanceof InvalidDuplexError && words.test(error.message),
    )
  }
})

test('one that is read for a client already is refused: both would get its lines, or neither', () => {
  const duplex = new Duplex({ read() {} })
  const nobody = () => {}
  const sink = {
    data: nobody,
    ended: nobody,
    left: nobody,
    drained: nobody,
    finished: nobody,
    closed: nobody,
  }
  new DuplexConnection(duplex).open(sink)
  assert.throws(() => checkDuplex(duplex), /is a client already/)
})

test.run()
