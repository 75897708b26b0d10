import { Duplex, Readable } from 'node:stream'
import { InvalidDuplexError } from 'mara-ts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ConnectionSink } from '../../lib/transport/connection.js'
import { checkDuplex, DuplexConnection } from '../../lib/transport/duplex.js'
import { deferred } from '../support/service.js'

function newSink(): ConnectionSink {
  const nobody = () => {}
  return { data: nobody, ended: nobody, left: nobody, drained: nobody, finished: nobody, closed: nobody }
}

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
  new DuplexConnection(duplex).open(newSink())
  assert.throws(() => checkDuplex(duplex), /is a client already/)
})

test('one that throws where it is written to is closed', async () => {
  const duplex = new Duplex({
    read() {},
    write() {
      throw new Error('broken')
    },
  })
  const connection = new DuplexConnection(duplex)
  const closed = deferred()
  connection.open({ ...newSink(), closed: () => closed.resolve() })
  assert.is(connection.write('text'), false)
  await closed.promise
  assert.ok(connection.destroyed)
})

test.run()
