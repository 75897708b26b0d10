import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type AnyClient, channelOf } from '../../../lib/client/client.js'
import type { Secrecy } from '../../../lib/client/snapshot.js'
import { bytes, lines } from '../../../lib/protocol/index.js'
import { beginAgain } from '../../../lib/runtime/takeover/begin-again.js'
import { defaultTexts } from '../../../lib/texts.js'
import { memoryClient } from '../../support/memory-client.js'
import { turns } from '../../support/service.js'

/** A client whose handler begins again: what it is told, and whether its session is held back. */
function setUp(at: 'idle' | 'connect' | 'receive', asked: boolean, secrecy?: Secrecy, protocol = lines) {
  const { client, peer } = memoryClient({ protocol })
  let told = ''
  peer.on('data', (chunk) => {
    told += chunk
  })
  let isHeld = false
  const resumption = {
    holdBack(_client: AnyClient, wait: (begin: () => void) => void): void {
      isHeld = true
      wait(() => {
        isHeld = false
      })
    },
  }
  const channel = { secrecy } as Parameters<typeof beginAgain>[1]['channel']
  beginAgain(client, { at, asked, channel }, resumption, defaultTexts)
  return { client, peer, told: () => told, isHeld: () => isHeld }
}

test('who may stand behind a prompt gets a new line; nobody else is told anything', async () => {
  for (const [asked, protocol, expected] of [
    [true, lines, '\r\n'],
    [false, lines, ''],
    [true, bytes, ''],
  ] as const) {
    const { told, isHeld } = setUp('connect', asked, undefined, protocol)
    await turns()
    assert.is(told(), expected)
    assert.not(isHeld())
  }
})

test('who was typing a secret ends that line first, and it is dropped', async () => {
  const { client, peer, told, isHeld } = setUp('connect', true, 'input')
  await turns()
  assert.is(told(), `\r\n${defaultTexts.restarted}\r\n`)
  assert.ok(isHeld())
  peer.write('my secr')
  await turns()
  assert.ok(isHeld())
  peer.write('et\r\nhello\r\n')
  await turns()
  assert.not(isHeld())
  assert.equal(channelOf(client).inbox.snapshot(), ['hello'])
})

test('a secret that no handler has asked for holds up nobody', async () => {
  const { told, isHeld } = setUp('idle', false, 'input')
  await turns()
  assert.is(told(), '')
  assert.not(isHeld())
})

test.run()
