import { TimeoutError } from 'mara-ts'
import { ask } from 'mara-ts/prompts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rejection } from '../support/service.js'
import { withClient } from './harness.js'

test('ask shows the message as it stands and gives the next line, whatever it is, without blanks around it', () =>
  withClient(async ({ client, peer, gets }) => {
    const answer = ask(client, 'Name: ')
    await gets('Name: ')
    peer.send(' ann  of ely\t\r\n')
    assert.is(await answer, 'ann  of ely')
    peer.send('\r\n')
    assert.is(await ask(client, ''), '')
  }))

test('ask takes a signal and a timeout', () =>
  withClient(async ({ client, clock }) => {
    const late = rejection(ask(client, 'Name: ', { timeout: 10 }))
    await clock.advance(10)
    assert.instance(await late, TimeoutError)
    const reason = new Error('enough')
    assert.is(await rejection(ask(client, 'Name: ', { signal: AbortSignal.abort(reason) })), reason)
  }))

test.run()
