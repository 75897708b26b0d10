import { InvalidOptionError } from 'mara-ts'
import { confirm } from 'mara-ts/prompts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rejection } from '../support/service.js'
import { withClient } from './harness.js'

test('y and yes are yes, n and no are no, in any case and with blanks around them', () =>
  withClient(async ({ client, peer }) => {
    const cases: [string, boolean][] = [
      ['y', true],
      ['Y', true],
      ['yes', true],
      [' YES ', true],
      ['n', false],
      ['No', false],
    ]
    for (const [typed, expected] of cases) {
      peer.send(`${typed}\r\n`)
      assert.is(await confirm(client, { message: '' }), expected, typed)
    }
  }))

test('for anything else it asks again, and for an empty line too, as nothing was agreed', () =>
  withClient(async ({ client, peer, gets }) => {
    const answer = confirm(client, { message: 'Sure? ' })
    for (const typed of ['', 'ye', 'yesno', 'of course']) peer.send(`${typed}\r\n`)
    await gets(`Sure? ${'Please answer yes or no.\r\nSure? '.repeat(4)}`)
    peer.send('no\r\n')
    assert.is(await answer, false)
  }))

test('an empty line is the default, where there is one; either may be it', () =>
  withClient(async ({ client, peer }) => {
    peer.send('\r\n\r\n')
    assert.is(await confirm(client, { message: '', default: true }), true)
    assert.is(await confirm(client, { message: '', default: false }), false)
  }))

test('the words are the program’s own, if it likes, and the first of the longest is named', () =>
  withClient(async ({ client, peer, gets }) => {
    const options = { message: 'Sicher? ', yes: ['J', 'ja', 'jo'], no: ['n', 'nein'] }
    const answer = confirm(client, options)
    peer.send('y\r\n')
    await gets('Sicher? Please answer ja or nein.\r\nSicher? ')
    peer.send('JA\r\n')
    assert.is(await answer, true)
    peer.send('Nein\r\nj\r\n')
    assert.is(await confirm(client, options), false)
    assert.is(await confirm(client, options), true)
    for (const wrong of [{ yes: [] }, { no: [] }]) {
      assert.instance(await rejection(confirm(client, { message: '', ...wrong })), InvalidOptionError)
    }
  }))

test('validate may still refuse what was answered', () =>
  withClient(async ({ client, peer, gets }) => {
    const answer = confirm(client, {
      message: 'Leave? ',
      validate: (leaves) => !leaves || 'The door is shut.',
    })
    peer.send('y\r\n')
    await gets('Leave? The door is shut.\r\nLeave? ')
    peer.send('n\r\n')
    assert.is(await answer, false)
  }))

test.run()
